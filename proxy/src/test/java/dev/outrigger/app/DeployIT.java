package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.demo.DemoServer;
import dev.outrigger.testing.Await;
import dev.outrigger.testing.RequiresTool;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Releases come and go on a machine whose {@code systemctl} is a script of this test. Real sidecars are started, of this build's
 * classes: what differs between the releases is how they behave when they are.
 */
@Timeout(300)
@RequiresTool({"bash", "curl", "flock", "tar"})
class DeployIT {
    /** Stops what runs and starts what {@code current} leads to, as the unit does. */
    private static final String SYSTEMCTL = """
            #!/usr/bin/env bash
            echo "systemctl $*" >>"$DEPLOY_HOME/asked"
            case "$1" in restart | disable) ;; *) exit 0 ;; esac
            if [ -f "$DEPLOY_HOME/pid" ]; then
              kill "$(cat "$DEPLOY_HOME/pid")" 2>/dev/null
              while kill -0 "$(cat "$DEPLOY_HOME/pid")" 2>/dev/null; do read -r -t 0.05 <> <(:); done
              rm "$DEPLOY_HOME/pid"
            fi
            [ "$1" = restart ] || exit 0
            "$DEPLOY_HOME/current/outrigger" run -c "$DEPLOY_CONFIG" >"$DEPLOY_HOME/log" 2>&1 </dev/null &
            echo $! >"$DEPLOY_HOME/pid"
            """;

    /** Runs what it is given as whoever asks. */
    private static final String SYSTEMD_RUN = """
            #!/usr/bin/env bash
            echo "systemd-run $*" >>"$DEPLOY_HOME/asked"
            while [ "$1" != -- ]; do shift; done
            shift
            exec "$@"
            """;

    /** Starts something that never gets ready. */
    private static final String HANGS = """
            if [ "$1" = run ]; then
              touch "$DEPLOY_HOME/hanging"
              exec tail -f /dev/null
            fi
            """;

    /** A real sidecar; that it finds what is wrong with a configuration is another test's matter. */
    private static final String WORKS =
            "[ \"$1\" = check ] && exit\nexec %s -XX:TieredStopAtLevel=1 -cp %s dev.outrigger.app.Main \"$@\"";

    private final DemoServer server = DemoServer.onItsOwnLoop();
    private final Map<String, String> environment = new HashMap<>();
    private Path home = Path.of("");

    @TempDir
    private Path directory;

    @BeforeEach
    void aMachine() throws IOException {
        home = Files.createDirectory(directory.resolve("home"));
        Path programs = Files.createDirectory(directory.resolve("bin"));
        program(programs.resolve("systemctl"), SYSTEMCTL);
        program(programs.resolve("systemd-run"), SYSTEMD_RUN);
        program(programs.resolve("useradd"), "#!/bin/sh\n");
        Path token = Files.writeString(directory.resolve("token"), "hush-hush\n");
        Files.writeString(
                directory.resolve("deploy"), "# For the smoke test.\nDEPLOY_SMOKE=--token-file " + token + "\n");
        int serverPort = server.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        int listenerPort = Ports.free();
        int statusPort = Ports.free();
        Path config = Files.writeString(
                directory.resolve("outrigger.conf"),
                String.format(Locale.ROOT, """
                        outrigger {
                          listeners.inbound.bind = "127.0.0.1:%d"
                          upstreams.app.endpoints = ["127.0.0.1:%d"]
                          routes = [{ match { path-prefix = "/" }, upstream = app }]
                          status.bind = "127.0.0.1:%d"
                          admin.bind = "127.0.0.1:0"
                          telemetry.prometheus.token-file = "%s"
                          lifecycle { warm-up = off, drain-timeout = 1s }
                        }
                        """, listenerPort, serverPort, statusPort, token));
        environment.put("PATH", programs + ":" + System.getenv("PATH"));
        environment.put("DEPLOY_SETTINGS", directory.resolve("deploy").toString());
        environment.put("DEPLOY_HOME", home.toString());
        environment.put("DEPLOY_CONFIG", config.toString());
        environment.put("DEPLOY_UNITS", directory.toString());
        environment.put("DEPLOY_MCP", "http://127.0.0.1:" + listenerPort + "/mcp");
        environment.put("DEPLOY_STATUS", "http://127.0.0.1:" + statusPort);
    }

    @AfterEach
    void nothingStaysBehind() throws IOException {
        server.close();
        Path pid = home.resolve("pid");
        if (Files.exists(pid)) {
            ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    void aReleaseThatDoesNotWorkIsTakenBackAndAnEarlierOneCanBe() throws Exception {
        String told = deploy("1", WORKS).expecting(0);
        assertTrue(told.contains("all 6 checks passed"), told);
        assertTrue(told.endsWith("deploy: outrigger-1 is running\n"), told);
        assertUnitOf("1");

        deploy("2", WORKS).expecting(0);
        assertLinks("outrigger-2", "outrigger-1");
        assertUnitOf("2");

        // It gets ready, but not where its clients are.
        told = deploy("3", "[ \"$1\" != run ] || export OUTRIGGER_LISTENERS_INBOUND_BIND=127.0.0.1:0\n" + WORKS)
                .expecting(1);
        assertTrue(told.contains("not ok 5 - an MCP client gets an answer"), told);
        assertTrue(told.contains("outrigger-3 does not work, going back to outrigger-2"), told);
        assertTrue(told.contains("outrigger-3 does not work; outrigger-2 is running again"), told);
        assertLinks("outrigger-2", "outrigger-1");
        assertUnitOf("2");
        smoke().expecting(0);

        told = rollBack().expecting(0);
        assertEquals("rollback: outrigger-1 is running\n", told.substring(told.lastIndexOf("rollback: ")));
        assertLinks("outrigger-1", "outrigger-2");
        assertUnitOf("1");
        smoke().expecting(0);
    }

    @Test
    void aReleaseThatRefusesTheConfigurationChangesNothing() throws Exception {
        String told = deploy("1", "echo 'outrigger.conf:2: not like this' >&2; exit 2")
                .expecting(1);
        assertTrue(told.contains("not like this"), told);
        assertTrue(told.contains("nothing has changed"), told);
        assertTrue(Files.notExists(home.resolve("current")));
        assertTrue(Files.notExists(home.resolve("pid")));
        try (var releases = Files.list(home.resolve("releases"))) {
            assertEquals(0, releases.count());
        }
    }

    @Test
    void whatFailsOrIsStoppedBeforeItIsKnownToWorkLeavesNoTrace() throws Exception {
        environment.put("DEPLOY_READY_IN", "1");
        String told = deploy("1", HANGS).expecting(1);
        assertTrue(told.contains("not ready after 1 s"), told);
        assertTrue(told.contains("there is no release before it to go back to; the service is stopped"), told);
        assertTrue(Files.notExists(home.resolve("current"), LinkOption.NOFOLLOW_LINKS));
        assertTrue(Files.notExists(home.resolve("pid")));
        Files.delete(home.resolve("hanging"));

        environment.remove("DEPLOY_READY_IN");
        deploy("1", WORKS).expecting(0);
        assertTrue(deploy("1", WORKS).expecting(1).contains("outrigger-1 is the running release"));

        Process stopped = deployUntilItHangs();
        stopped.destroy();
        assertTrue(stopped.waitFor(60, TimeUnit.SECONDS));
        assertEquals(143, stopped.exitValue());
        assertLinks("outrigger-1", null);
        assertUnitOf("1");
        smoke().expecting(0);

        Process killed = deployUntilItHangs();
        killed.destroyForcibly().waitFor();
        assertLinks("outrigger-2", null);
        told = rollBack().expecting(0);
        assertTrue(told.endsWith("rollback: outrigger-1 is running\n"), told);
        assertLinks("outrigger-1", null);
    }

    @Test
    void theConfigurationIsCheckedAsTheServiceWouldReadIt() throws Exception {
        deploy("1", "exit 2").expecting(1);
        String asked = Files.readString(home.resolve("asked"));
        assertTrue(asked.startsWith("systemd-run "), asked);
        assertTrue(asked.contains(" --uid=outrigger "), asked);
        assertTrue(asked.contains(" --property=EnvironmentFile=-/etc/outrigger/environment "), asked);
        assertTrue(asked.endsWith("/outrigger check -c " + environment.get("DEPLOY_CONFIG") + "\n"), asked);
    }

    @Test
    void whatIsNoReleaseAndWhatIsNotThereIsRefused() throws Exception {
        Path archive = directory.resolve("some.tar.gz");
        Finished.of("tar", "-czf", archive.toString(), "LICENSE").expecting(0);
        assertTrue(run("deploy.sh", archive.toString()).expecting(1).contains("is no release"));
        assertTrue(run("deploy.sh", "none.tar.gz").expecting(1).contains("can not be read"));
        run("deploy.sh").expecting(2);
        assertTrue(rollBack().expecting(1).contains("holds no releases"));
        Files.createDirectory(home.resolve("releases"));
        assertTrue(rollBack().expecting(1).contains("there is no release to go back to"));
        assertTrue(rollBack("outrigger-9").expecting(1).contains("outrigger-9 is not there any more"));
        Files.writeString(directory.resolve("deploy"), "DEPLOY_SMOKES=--token-file x\n");
        assertTrue(rollBack().expecting(1).contains("DEPLOY_SMOKES is unknown"));
    }

    private Finished deploy(String version, String launcher) throws IOException, InterruptedException {
        return run("deploy.sh", release(version, launcher));
    }

    /** Deploys release 2, which is started and never gets ready; what is given runs on. */
    private Process deployUntilItHangs() throws IOException, InterruptedException {
        Files.deleteIfExists(home.resolve("hanging"));
        ProcessBuilder builder = new ProcessBuilder("proxy/src/dist/deploy.sh", release("2", HANGS))
                .directory(Finished.root().toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("told").toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        Await.until("the release is started", Duration.ofSeconds(60), () -> Files.exists(home.resolve("hanging")));
        return process;
    }

    /**
     * Makes an archive, as package.sh does.
     *
     * @param launcher the release's launcher in sh; the JVM and the class path may be left open
     */
    private String release(String version, String launcher) throws IOException, InterruptedException {
        Path releases = directory.resolve("made-" + version);
        Path release = Files.createDirectories(releases.resolve("outrigger-" + version));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        // The launcher runs at the top of the work tree, this test in its module.
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
        String text = String.format(Locale.ROOT, launcher, java, classPath);
        program(release.resolve("outrigger"), "#!/bin/sh\n[ \"$1\" = train ] && exit\n" + text + "\n");
        Path sources = Finished.root().resolve("proxy/src/dist");
        program(release.resolve("smoke-test.sh"), Files.readString(sources.resolve("smoke-test.sh")));
        String unit = Files.readString(sources.resolve("outrigger.service"));
        Files.writeString(release.resolve("outrigger.service"), unit + "# of " + version + "\n");
        Path archive = directory.resolve("outrigger-" + version + ".tar.gz");
        Finished.of("tar", "-C", releases.toString(), "-czf", archive.toString(), "outrigger-" + version)
                .expecting(0);
        return archive.toString();
    }

    private Finished rollBack(String... arguments) throws IOException, InterruptedException {
        return run("rollback.sh", arguments);
    }

    private Finished smoke() throws IOException, InterruptedException {
        return run("deploy.sh", "--smoke");
    }

    private Finished run(String script, String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = "proxy/src/dist/" + script;
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return Finished.of(environment, command);
    }

    private void assertLinks(String current, String previous) throws IOException {
        assertEquals("releases/" + current, link("current"));
        assertEquals(previous == null ? null : "releases/" + previous, link("previous"));
    }

    private void assertUnitOf(String version) throws IOException {
        String unit = Files.readString(directory.resolve("outrigger.service"));
        assertTrue(unit.endsWith("\n# of " + version + "\n"), unit);
    }

    private String link(String name) throws IOException {
        Path link = home.resolve(name);
        return Files.isSymbolicLink(link) ? Files.readSymbolicLink(link).toString() : null;
    }

    private static void program(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
