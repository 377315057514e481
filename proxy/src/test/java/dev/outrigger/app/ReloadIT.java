package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import dev.outrigger.app.LoadClient.Load;
import dev.outrigger.testing.Await;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A file that changes under a running sidecar: what is right is in force for the next request, what is wrong never. */
@Timeout(180)
class ReloadIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int WRITES = 50;
    /** A change is looked at when there was no other for this long. */
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final EventLoopGroup loop = LoadClient.loop();
    private StubServer a;
    private StubServer b;

    @TempDir
    private Path directory;

    @BeforeEach
    void startUpstreams() {
        a = new StubServer(loop, "a");
        b = new StubServer(loop, "b");
    }

    @AfterEach
    void stopUpstreams() {
        a.close();
        b.close();
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    private FileSidecar sidecar() {
        return new FileSidecar(directory, "auto");
    }

    private static String to(StubServer upstream) {
        return "upstreams.app { endpoints = [\"" + upstream.endpoint() + "\"], health-check.type = none }\n"
                + "routes = [{ name = all, match { path-prefix = \"/\" }, upstream = app }]";
    }

    private static boolean isFrom(FileSidecar sidecar, String upstream) {
        return sidecar.call("/mcp").body().contains("\"from\":\"" + upstream + "\"");
    }

    @Test
    void theFileDecidesAndAWrongOneChangesNothing() throws Exception {
        try (FileSidecar sidecar = sidecar().write(to(a)).start();
                LoadClient client = LoadClient.start(loop, Load.of(sidecar.port(), 200, 4, 20))) {
            double good = sidecar.reloads("success");
            double bad = sidecar.reloads("failure");
            assertOnly(a, b, client);

            sidecar.write(to(b));
            sidecar.awaitReloads("success", good + 1);
            assertOnly(b, a, client);

            long generation = sidecar.generation();
            sidecar.write(to(a).replace("endpoints", "endpoint"));
            sidecar.awaitReloads("failure", bad + 1);
            Config last = sidecar.config().getConfig("state.last_reload");
            assertEquals("failure", last.getString("result"));
            String problems = String.join("\n", last.getStringList("problems"));
            assertTrue(problems.contains("outrigger.conf:8: outrigger.upstreams.app.endpoint:"), problems);
            assertTrue(problems.contains("did you mean endpoints?"), problems);
            Await.until(
                    "the log has the problem", DEADLINE, () -> sidecar.output().contains("did you mean endpoints?"));
            assertEquals(generation, sidecar.generation());
            assertEquals(good + 1, sidecar.reloads("success"));
            assertOnly(b, a, client);

            sidecar.write(to(a));
            sidecar.awaitReloads("success", good + 2);
            assertEquals(generation + 1, sidecar.generation());
            assertEquals("success", sidecar.config().getString("state.last_reload.result"));
            assertOnly(a, b, client);
            assertEquals(bad + 1, sidecar.reloads("failure"));
            client.finishWithoutLoss();
        }
    }

    /** What was under way at the change may still go where it began. */
    private static void assertOnly(StubServer used, StubServer unused, LoadClient client) {
        client.awaitMore(20);
        long before = unused.requests();
        long usedBefore = used.requests();
        client.awaitMore(60);
        assertEquals(before, unused.requests());
        assertTrue(used.requests() > usedBefore);
    }

    @Test
    void aFileThatIsGoneForAWhileChangesNothing() throws Exception {
        try (FileSidecar sidecar = sidecar().write(to(a)).start()) {
            double bad = sidecar.reloads("failure");
            Files.delete(directory.resolve("outrigger.conf"));
            sidecar.awaitReloads("failure", bad + 1);
            assertTrue(isFrom(sidecar, "a"));
            sidecar.write(to(b));
            sidecar.await("the file is there again", () -> isFrom(sidecar, "b"));
        }
    }

    @Test
    void manyWritesInARowAreFewReloadsAndTheLastCounts() throws Exception {
        try (FileSidecar sidecar = sidecar().write(to(a)).start()) {
            double before = allReloads(sidecar);
            long startNanos = System.nanoTime();
            for (int i = 1; i < WRITES; i++) {
                sidecar.writeInPlace(to(a) + "\nservice-name = s" + i);
            }
            sidecar.writeInPlace(to(b));
            long writingNanos = System.nanoTime() - startNanos;
            sidecar.await("the last content is in force", () -> isFrom(sidecar, "b"));
            double reloads = allReloads(sidecar) - before;
            // One, and one more each time that the writes stand still; a file that is cut and filled may be seen twice.
            assertTrue(
                    reloads <= 2 + writingNanos / QUIET_NANOS,
                    reloads + " reloads for " + WRITES + " writes in " + writingNanos + " ns");
        }
    }

    private static double allReloads(FileSidecar sidecar) {
        return sidecar.metric("outrigger_config_reloads_total");
    }

    @Test
    void aChangedIncludeIsAChange() throws Exception {
        Path include = Files.writeString(directory.resolve("more.conf"), to(a));
        try (FileSidecar sidecar =
                sidecar().write("include required(\"more.conf\")").start()) {
            assertTrue(isFrom(sidecar, "a"));
            Files.writeString(include, to(b));
            sidecar.await("the include is in force", () -> isFrom(sidecar, "b"));
            double bad = sidecar.reloads("failure");
            Files.delete(include);
            sidecar.awaitReloads("failure", bad + 1);
            assertTrue(isFrom(sidecar, "b"));
            Files.writeString(include, to(a));
            sidecar.await("the include is there again", () -> isFrom(sidecar, "a"));
        }
    }

    @Test
    void sighupReloadsAndEndsNothing() throws Exception {
        try (FileSidecar sidecar = sidecar().write(to(a)).startProcess()) {
            double unchanged = sidecar.reloads("unchanged");
            long generation = sidecar.generation();
            sidecar.process().signal("HUP");
            sidecar.awaitReloads("unchanged", unchanged + 1);
            assertEquals(generation, sidecar.generation());
            assertEquals("unchanged", sidecar.config().getString("state.last_reload.result"));
            sidecar.write(to(b));
            sidecar.process().signal("HUP");
            sidecar.await("the file is in force", () -> isFrom(sidecar, "b"));
            sidecar.await("and says so", () -> sidecar.generation() > generation);
            assertEquals(generation + 1, sidecar.generation());
            assertTrue(sidecar.process().isAlive());
        }
    }

    @Test
    void aReloadAskedForTellsWhatItDid() throws Exception {
        try (FileSidecar sidecar = sidecar().write(to(a)).start()) {
            OpsClient.Reply same = sidecar.admin().post("/config/reload");
            assertEquals(200, same.status(), same.body());
            assertEquals("unchanged", same.json().getString("result"));
            assertEquals(List.of(), same.json().getStringList("changes"));

            OpsClient.Reply changed = reloadBeforeTheWatcher(sidecar);
            String changes = String.join("\n", changed.json().getStringList("changes"));
            assertTrue(changes.contains("timeout: "), changes);
            Config state = sidecar.config().getConfig("state");
            assertEquals(changed.json().getLong("generation"), state.getLong("generation"));
            assertEquals(changed.json().getString("hash"), state.getString("hash"));

            OpsClient.Reply refused =
                    sidecar.applyWrong(to(b).replace("endpoints", "endpoint").replace("upstream =", "upstraem ="));
            String problems = String.join("\n", refused.json().getStringList("problems"));
            assertTrue(problems.contains("did you mean endpoints?"), problems);
            assertTrue(problems.contains("did you mean upstream?"), problems);
            assertEquals("failure", refused.json().getString("result"));
            assertTrue(isFrom(sidecar, "a"));
            assertEquals(state.getLong("generation"), sidecar.generation());
            assertEquals(0, sidecar.metric("outrigger_config_last_reload_successful"));

            sidecar.apply(to(b));
            assertEquals(1, sidecar.metric("outrigger_config_last_reload_successful"));
        }
    }

    /** The watcher may be first, then there is nothing left to change; it will not be first every time. */
    private OpsClient.Reply reloadBeforeTheWatcher(FileSidecar sidecar) throws Exception {
        for (int seconds = 20; seconds < 40; seconds++) {
            sidecar.write(to(a).replace("upstream = app", "upstream = app, timeout = " + seconds + "s"));
            OpsClient.Reply reply = sidecar.admin().post("/config/reload");
            assertEquals(200, reply.status(), reply.body());
            if (reply.json().getString("result").equals("success")) {
                return reply;
            }
        }
        throw new AssertionError("the watcher was first each time");
    }

    @Test
    void theHashIsTheOneOfTheMetricAndComesBackWithTheContent() throws Exception {
        try (FileSidecar sidecar = sidecar().write(to(a)).start()) {
            String hash = sidecar.config().getString("state.hash");
            double number = sidecar.metric("outrigger_config_hash");
            assertTrue(sidecar.metric("outrigger_config_last_success_timestamp_seconds") > 0);
            sidecar.apply(to(b));
            assertFalse(hash.equals(sidecar.config().getString("state.hash")));
            assertFalse(number == sidecar.metric("outrigger_config_hash"));
            sidecar.apply(to(a));
            assertEquals(hash, sidecar.config().getString("state.hash"));
            assertEquals(number, sidecar.metric("outrigger_config_hash"));
        }
    }

    @Test
    void whatCannotChangeLiveIsSaidToNeedARestart() throws Exception {
        try (FileSidecar sidecar = sidecar().write(to(a)).start()) {
            sidecar.apply(to(b) + "\nruntime.workers = 1");
            assertTrue(isFrom(sidecar, "b"), "the rest is in force");
            String needed = String.join("\n", sidecar.config().getStringList("state.needs_restart"));
            assertTrue(needed.contains("runtime.workers"), needed);
        }
    }
}
