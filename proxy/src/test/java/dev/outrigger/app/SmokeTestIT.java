package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.demo.DemoServer;
import dev.outrigger.testing.Await;
import dev.outrigger.testing.RequiresTool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The smoke test passes before what works, and says what is wrong with what does not. */
@Timeout(180)
@RequiresTool({"bash", "curl"})
class SmokeTestIT {
    @TempDir
    private Path directory;

    @Test
    void theDemoPassesAndItsCallIsCounted() throws Exception {
        try (SidecarProcess demo = SidecarProcess.start(directory, "demo")) {
            demo.awaitOutput("Ctrl-C stops everything.");
            String told = smoke("--mcp", url(demo, "MCP endpoint"), "--status", url(demo, "status"))
                    .expecting(0);
            assertTrue(told.contains("ok 5 - an MCP client gets an answer (initialize)\n"), told);
            assertTrue(told.endsWith("ok 6 - and the sidecar counts it\nall 6 checks passed\n"), told);
            assertFalse(told.contains("not ok"), told);
        }
    }

    @Test
    void aServerThatIsGoneIsFoundOutByThreeChecksAndNamed() throws Exception {
        try (RunningSidecar sidecar = before(ScriptedUpstream.refusingPort(), "")) {
            Await.until("the check has found out", Duration.ofSeconds(30), () -> !isReady(sidecar));
            String told = smoke(sidecar).expecting(1);
            assertTrue(told.contains("ok 1 - the sidecar lives\n"), told);
            assertTrue(told.contains("not ok 2 - it is ready\n"), told);
            assertTrue(told.contains("503 {\"status\":\"upstreams unavailable\"}"), told);
            assertTrue(told.contains("not ok 3 - its MCP servers are there\n"), told);
            assertTrue(told.contains("\"app\":{\"status\":\"disconnected\""), told);
            assertTrue(told.contains("not ok 5 - an MCP client gets an answer\n"), told);
            assertTrue(told.contains("\"code\":1000"), told);
            assertTrue(told.endsWith("3 of 5 checks failed\n"), told);
        }
    }

    @Test
    void anEndpointThatLeadsPastTheSidecarIsFoundOutByTheCount() throws Exception {
        try (DemoServer server = DemoServer.onItsOwnLoop()) {
            int port = server.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (RunningSidecar sidecar = before(port, "")) {
                String told = smoke("--mcp", "http://127.0.0.1:" + port + "/mcp", "--status", statusUrl(sidecar))
                        .expecting(1);
                assertTrue(told.contains("not ok 6 - and the sidecar counts it\n"), told);
                assertTrue(told.endsWith("1 of 6 checks failed\n"), told);
            }
        }
    }

    @Test
    void metricsBehindATokenAreAskedForWithIt() throws Exception {
        Path token = Files.writeString(directory.resolve("token"), "hush-hush\n");
        try (DemoServer server = DemoServer.onItsOwnLoop()) {
            int port = server.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (RunningSidecar sidecar = before(port, "telemetry.prometheus.token-file = \"" + token + "\"")) {
                smoke(sidecar, "--token-file", token.toString()).expecting(0);
                String told = smoke(sidecar).expecting(1);
                assertTrue(told.contains("Give the token of telemetry.prometheus by --token-file."), told);
            }
        }
    }

    @Test
    void headersReachTheServerButNoArgumentOfAnotherProgram() throws Exception {
        Path file = Files.writeString(directory.resolve("headers"), "Authorization: Bearer hush\nX-Tenant: a b\n");
        Path curl = directory.resolve("curl");
        Files.writeString(
                curl, "#!/bin/sh\necho \"$*\" >>'" + directory + "/arguments'\nPATH=\"${PATH#*:}\" exec curl \"$@\"\n");
        Files.setPosixFilePermissions(curl, PosixFilePermissions.fromString("rwxr-xr-x"));
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        try (ScriptedUpstream server = new ScriptedUpstream(connection -> answer(connection, seen));
                RunningSidecar sidecar = before(server.port(), "")) {
            Finished.of(
                            Map.of("PATH", directory + ":" + System.getenv("PATH")),
                            "proxy/src/dist/smoke-test.sh",
                            "--mcp",
                            sidecar.uri("/mcp").toString(),
                            "--status",
                            statusUrl(sidecar),
                            "-H",
                            "@" + file,
                            "-H",
                            "X-Secret: psst")
                    .expecting(0);
        }
        String request = seen.remove().toLowerCase(Locale.ROOT);
        assertTrue(request.contains("authorization: bearer hush\r\n"), request);
        assertTrue(request.contains("x-tenant: a b\r\n"), request);
        assertTrue(request.contains("x-secret: psst\r\n"), request);
        String arguments = Files.readString(directory.resolve("arguments"));
        assertTrue(arguments.contains("initialize"), arguments);
        assertFalse(arguments.contains("hush") || arguments.contains("psst"), arguments);
    }

    @Test
    void noSidecarAtAllIsSaidAtOnce() throws Exception {
        String told = smoke("--status", "http://127.0.0.1:" + ScriptedUpstream.refusingPort())
                .expecting(1);
        assertTrue(told.contains("not ok 1 - the sidecar lives\n"), told);
        assertTrue(told.contains("status.bind"), told);
        assertEquals(1, told.lines().filter(line -> line.startsWith("not ok")).count(), told);
    }

    @Test
    void wrongUsageIsToldFromWhatFails() throws Exception {
        assertTrue(smoke("--urn", "x").expecting(2).contains("--urn is unknown"));
        assertTrue(smoke("--timeout", "soon").expecting(2).contains("--timeout soon, expected seconds"));
        assertTrue(smoke("--token-file", directory + "/none").expecting(2).contains("can not be read"));
        assertTrue(smoke("-H", "@" + directory + "/none").expecting(2).contains("can not be read"));
    }

    private static Finished smoke(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("proxy/src/dist/smoke-test.sh"));
        command.addAll(List.of(options));
        return Finished.of(command.toArray(String[]::new));
    }

    private static String url(SidecarProcess demo, String name) {
        Matcher line =
                Pattern.compile(name + "\\s+(http://localhost:\\d+(/mcp)?)").matcher(demo.output());
        assertTrue(line.find(), demo.output());
        return line.group(1);
    }

    /** A sidecar of this process before one server, which it looks at ten times a second. */
    private static RunningSidecar before(int serverPort, String more) throws Exception {
        return RunningSidecar.start(String.format(Locale.ROOT, """
                        outrigger {
                          listeners.inbound.bind = "127.0.0.1:0"
                          upstreams.app {
                            endpoints = ["127.0.0.1:%d"]
                            health-check { interval = 100ms, timeout = 100ms }
                          }
                          routes = [{ match { path-prefix = "/" }, upstream = app }]
                          status.bind = "127.0.0.1:0"
                          admin.bind = "127.0.0.1:0"
                          lifecycle { warm-up = off, drain-timeout = 1s }
                          %s
                        }
                        """, serverPort, more));
    }

    /** Answers a JSON-RPC request with an empty result. */
    private static void answer(ScriptedUpstream.Connection connection, Queue<String> seen) throws IOException {
        String request = connection.readRequest();
        seen.add(request);
        Matcher id = Pattern.compile("\"id\" *: *(\"[^\"]*\"|\\d+)").matcher(request);
        String body = "{\"jsonrpc\":\"2.0\",\"id\":" + (id.find() ? id.group(1) : "null") + ",\"result\":{}}";
        connection.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body);
    }

    private static boolean isReady(RunningSidecar sidecar) {
        try {
            return sidecar.status("/ready").statusCode() == 200;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String statusUrl(RunningSidecar sidecar) {
        return "http://127.0.0.1:" + sidecar.sidecar().statusAddress().getPort();
    }

    private static Finished smoke(RunningSidecar sidecar, String... options) throws IOException, InterruptedException {
        List<String> all =
                new ArrayList<>(List.of("--mcp", sidecar.uri("/mcp").toString(), "--status", statusUrl(sidecar)));
        all.addAll(List.of(options));
        return smoke(all.toArray(String[]::new));
    }
}
