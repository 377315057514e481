package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.demo.DemoServer;
import dev.outrigger.testing.RequiresTool;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
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
            [ "$1" = restart ] || exit 0
            if [ -f "$DEPLOY_HOME/pid" ]; then
              kill "$(cat "$DEPLOY_HOME/pid")" 2>/dev/null
              while kill -0 "$(cat "$DEPLOY_HOME/pid")" 2>/dev/null; do read -r -t 0.05 <> <(:); done
            fi
            "$DEPLOY_HOME/current/outrigger" run -c "$DEPLOY_CONFIG" >"$DEPLOY_HOME/log" 2>&1 </dev/null &
            echo $! >"$DEPLOY_HOME/pid"
            """;

    private static final String WORKS = "exec %s -XX:TieredStopAtLevel=1 -cp %s dev.outrigger.app.Main \"$@\"";

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
        program(programs.resolve("useradd"), "#!/bin/sh\n");
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
                          lifecycle { warm-up = off, drain-timeout = 1s }
                        }
                        """, listenerPort, serverPort, statusPort));
        environment.put("PATH", programs + ":" + System.getenv("PATH"));
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
        assertTrue(Files.exists(directory.resolve("outrigger.service")));

        deploy("2", WORKS).expecting(0);
        assertEquals("releases/outrigger-2", link("current"));
        assertEquals("releases/outrigger-1", link("previous"));

        // It gets ready, but not where its clients are.
        told = deploy("3", "[ \"$1\" != run ] || export OUTRIGGER_LISTENERS_INBOUND_BIND=127.0.0.1:0\n" + WORKS)
                .expecting(1);
        assertTrue(told.contains("not ok 5 - an MCP client gets an answer"), told);
        assertTrue(told.contains("outrigger-3 does not work, going back to outrigger-2"), told);
        assertTrue(told.contains("outrigger-3 does not work; outrigger-2 is running again"), told);
        assertEquals("releases/outrigger-2", link("current"));
        smoke().expecting(0);

        told = rollBack("outrigger-1").expecting(0);
        assertEquals("rollback: outrigger-1 is running\n", told.substring(told.lastIndexOf("rollback: ")));
        assertEquals("releases/outrigger-1", link("current"));
        assertEquals("releases/outrigger-2", link("previous"));
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
    void aFirstReleaseThatDoesNotGetReadyIsSaidToHaveNothingToGoBackTo() throws Exception {
        environment.put("DEPLOY_READY_IN", "1");
        String told = deploy("1", "[ \"$1\" != run ]").expecting(1);
        assertTrue(told.contains("not ready after 1 s"), told);
        assertTrue(told.contains("there is no release before it to go back to"), told);
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
    }

    /** @param launcher the release's launcher in sh; the JVM and the class path may be left open */
    private Finished deploy(String version, String launcher) throws IOException, InterruptedException {
        Path releases = directory.resolve("made-" + version);
        Path release = Files.createDirectories(releases.resolve("outrigger-" + version));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        // The launcher runs at the top of the work tree, this test in its module.
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
        String text = String.format(Locale.ROOT, launcher, java, classPath);
        program(release.resolve("outrigger"), "#!/bin/sh\n[ \"$1\" = train ] && exit\n" + text + "\n");
        for (String file : new String[] {"smoke-test.sh", "outrigger.service"}) {
            Path source = Finished.root().resolve("proxy/src/dist").resolve(file);
            Files.copy(source, release.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Path archive = directory.resolve("outrigger-" + version + ".tar.gz");
        Finished.of("tar", "-C", releases.toString(), "-czf", archive.toString(), "outrigger-" + version)
                .expecting(0);
        return run("deploy.sh", archive.toString());
    }

    private Finished rollBack(String... arguments) throws IOException, InterruptedException {
        return run("rollback.sh", arguments);
    }

    private Finished smoke() throws IOException, InterruptedException {
        return run(
                "smoke-test.sh", "--mcp", environment.get("DEPLOY_MCP"), "--status", environment.get("DEPLOY_STATUS"));
    }

    private Finished run(String script, String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = "proxy/src/dist/" + script;
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return Finished.of(environment, command);
    }

    private String link(String name) throws IOException {
        return Files.readSymbolicLink(home.resolve(name)).toString();
    }

    private static void program(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
