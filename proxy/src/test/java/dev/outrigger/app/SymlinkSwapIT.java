package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A volume laid out and updated as the kubelet does it (its {@code AtomicWriter}): the files are links through {@code ..data}
 * to a directory named by the time; an update makes a new directory, renames a new link over {@code ..data} and removes the
 * old directory. Nothing ever happens to the file itself.
 */
@Timeout(180)
class SymlinkSwapIT {
    private static final int SWAPS = 20;
    /** Fewer than one for each swap; connections come and go. */
    private static final int SLACK_FILES = SWAPS / 2;

    private final EventLoopGroup loop = LoadClient.loop();
    private StubServer a;
    private StubServer b;
    private Path volume;
    private int updates;

    @TempDir
    private Path directory;

    @BeforeEach
    void start() throws IOException {
        a = new StubServer(loop, "a");
        b = new StubServer(loop, "b");
        volume = Files.createDirectory(directory.resolve("volume"));
    }

    @AfterEach
    void stop() {
        a.close();
        b.close();
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    private FileSidecar sidecar() {
        return new FileSidecar(directory, volume.resolve("outrigger.conf"), "auto");
    }

    private void publish(String main, String include) throws IOException {
        Path data = volume.resolve("..data");
        Path old = Files.exists(data) ? data.toRealPath() : null;
        Path now = Files.createDirectory(volume.resolve("..2026_11_20_10_00_00." + (100_000_000 + updates++)));
        Files.writeString(now.resolve("outrigger.conf"), main);
        Files.writeString(now.resolve("upstreams.conf"), include);
        Path link = Files.createSymbolicLink(volume.resolve("..data_tmp"), now.getFileName());
        Files.move(link, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (old == null) {
            for (String name : new String[] {"outrigger.conf", "upstreams.conf"}) {
                Files.createSymbolicLink(volume.resolve(name), Path.of("..data", name));
            }
            return;
        }
        Files.delete(old.resolve("outrigger.conf"));
        Files.delete(old.resolve("upstreams.conf"));
        Files.delete(old);
    }

    private static String route(String name) {
        return "include \"upstreams.conf\"\nroutes = [{ name = " + name
                + ", match { path-prefix = \"/\" }, upstream = app }]\n";
    }

    private static String to(StubServer upstream) {
        return "upstreams.app { endpoints = [\"" + upstream.endpoint() + "\"], health-check.type = none }";
    }

    private static boolean isFrom(FileSidecar sidecar, String upstream) {
        return sidecar.call("/mcp").body().contains("\"from\":\"" + upstream + "\"");
    }

    @Test
    void everySwapIsPickedUp() throws Exception {
        try (FileSidecar sidecar = sidecar()) {
            publish(sidecar.text(route("r")), to(a));
            sidecar.startProcess();
            assertTrue(isFrom(sidecar, "a"));
            int openFiles = 0;
            for (int i = 1; i <= SWAPS; i++) {
                boolean toB = i % 2 == 1;
                publish(sidecar.text(route("r")), to(toB ? b : a));
                sidecar.await("swap " + i + " is in force", () -> isFrom(sidecar, toB ? "b" : "a"));
                openFiles = i == 2 ? sidecar.process().openFiles() : openFiles;
            }
            int enough = openFiles + SLACK_FILES;
            sidecar.await("watching leaves no file open", () -> openFilesOf(sidecar) <= enough);
        }
    }

    private static int openFilesOf(FileSidecar sidecar) {
        try {
            return sidecar.process().openFiles();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void ofAWrongFileNothingIsTakenUpAndTheNextSwapRepairs() throws Exception {
        try (FileSidecar sidecar = sidecar()) {
            publish(sidecar.text(route("r")), to(a));
            sidecar.start();
            double bad = sidecar.reloads("failure");
            publish(sidecar.text(route("r")), to(b).replace("endpoints", "endpoint"));
            sidecar.awaitReloads("failure", bad + 1);
            assertTrue(isFrom(sidecar, "a"));
            publish(sidecar.text(route("s")), to(b));
            sidecar.await("the repaired volume is in force", () -> isFrom(sidecar, "b"));
            assertEquals(bad + 1, sidecar.reloads("failure"));
        }
    }

    /** The kubelet writes a volume anew now and then; with the same contents that is no change. */
    @Test
    void aSwapWithTheSameContentsIsNoReload() throws Exception {
        try (FileSidecar sidecar = sidecar()) {
            publish(sidecar.text(route("r")), to(a));
            sidecar.start();
            double good = sidecar.reloads("success");
            long generation = sidecar.generation();
            publish(sidecar.text(route("r")), to(a));
            publish(sidecar.text(route("r")), to(a));
            publish(sidecar.text(route("r")), to(b));
            sidecar.await("the change after it is in force", () -> isFrom(sidecar, "b"));
            sidecar.awaitReloads("success", good + 1);
            assertEquals(generation + 1, sidecar.generation());
        }
    }
}
