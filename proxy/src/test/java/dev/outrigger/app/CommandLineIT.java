package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.ScriptedUpstream.Script;
import dev.outrigger.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands as their users meet them: processes, exit codes, signals, memory. */
@Timeout(180)
class CommandLineIT {
    private static final long GIGABYTE = 1L << 30;
    private static final long MEMORY_LIMIT_BYTES = 150L << 20;

    @TempDir
    private Path directory;

    @Test
    void theDemoServesWhatItPrintsAndEndsWithZero() throws Exception {
        try (SidecarProcess demo = SidecarProcess.start(directory, "demo")) {
            demo.awaitOutput("Ctrl-C stops everything.");
            Matcher mcp = Pattern.compile("MCP endpoint\\s+http://localhost:(\\d+)/mcp")
                    .matcher(demo.output());
            assertTrue(mcp.find(), demo.output());
            String body =
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"echo\",\"arguments\":"
                            + "{\"message\":\"hi\"},\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}}}}";
            try (RawClient client = new RawClient(loopback(Integer.parseInt(mcp.group(1))))) {
                String answer = client.send(
                                "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                        + "Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2026-07-28\r\n"
                                        + "Mcp-Method: tools/call\r\nMcp-Name: echo\r\nContent-Length: " + body.length()
                                        + "\r\n\r\n" + body)
                        .readResponse();
                assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
            }
            demo.terminate();
            assertEquals(0, demo.awaitExit(), demo.output());
        }
    }

    @Test
    void aWrongConfigurationIsToldWholeAndEndsWithTwo() throws Exception {
        Path file = Files.writeString(directory.resolve("wrong.conf"), """
                outrigger {
                  listeners.inbound { bind = "127.0.0.1:0", idle-timout = 5s }
                  upstreams.app.endpoints = ["127.0.0.1:99999"]
                  routes = [{ upstream = ap }]
                }
                """);
        for (String command : new String[] {"check", "run"}) {
            try (SidecarProcess process = SidecarProcess.start(directory, command, "-c", file.toString())) {
                assertEquals(2, process.awaitExit());
                String told = process.output();
                assertTrue(told.contains("wrong.conf:2:"), told);
                assertTrue(told.contains("did you mean idle-timeout?"), told);
                assertTrue(told.contains("wrong.conf:3:"), told);
                assertTrue(told.contains("wrong.conf:4:"), told);
                assertTrue(told.contains("did you mean app?"), told);
            }
        }
    }

    @Test
    void aPortThatIsTakenIsNamedAndEndsWithOne() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path file = config(taken.getLocalPort(), 1, "");
            try (SidecarProcess process = SidecarProcess.start(directory, "run", "-c", file.toString())) {
                assertEquals(1, process.awaitExit(), process.output());
                assertTrue(process.output().contains("127.0.0.1:" + taken.getLocalPort()), process.output());
            }
        }
    }

    @Test
    void onSigtermWhatIsInFlightEndsAndNothingNewBegins() throws Exception {
        Semaphore asked = new Semaphore(0);
        Semaphore answer = new Semaphore(0);
        Script slow = connection -> {
            connection.readRequest();
            asked.release();
            answer.acquireUninterruptibly();
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
        };
        int port = Ports.free();
        try (ScriptedUpstream upstream = new ScriptedUpstream(slow);
                SidecarProcess process = SidecarProcess.start(
                        directory,
                        "run",
                        "-c",
                        config(port, upstream.port(), "").toString())) {
            process.awaitOutput("ready: ");
            try (RawClient busy = new RawClient(loopback(port));
                    RawClient idle = new RawClient(loopback(port))) {
                busy.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertTrue(asked.tryAcquire(20, TimeUnit.SECONDS));
                process.terminate();
                assertEquals("", idle.readToEnd(), "an idle connection is closed");
                Await.until("no new connection is taken", Duration.ofSeconds(20), () -> !accepts(port));
                answer.release();
                String text = busy.readToEnd();
                assertTrue(text.endsWith("done"), text);
            }
            assertEquals(0, process.awaitExit(), process.output());
            assertFalse(process.output().contains("Exception"), process.output());
        }
    }

    @Test
    void aGigabytePassesEachWayInConstantMemory() throws Exception {
        Script big = connection -> {
            String head = connection.readHead();
            byte[] block = new byte[1 << 20];
            if (head.startsWith("GET")) {
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + GIGABYTE + "\r\n\r\n");
                for (long sent = 0; sent < GIGABYTE; sent += block.length) {
                    connection.write(block);
                }
                return;
            }
            // Small bites with other work in between: slower than the client sends.
            long left = GIGABYTE;
            while (left > 0) {
                int read = connection.in().read(block, 0, (int) Math.min(left, 16 * 1024));
                left -= read;
                checksum(block);
            }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        };
        int port = Ports.free();
        try (ScriptedUpstream upstream = new ScriptedUpstream(big);
                SidecarProcess process = SidecarProcess.start(
                        directory,
                        "run",
                        "-c",
                        config(port, upstream.port(), "defaults.listener.http.max-request-body = 0B")
                                .toString());
                RawClient client = clientOf(process, port)) {
            client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + GIGABYTE + "\r\n\r\n");
            byte[] block = new byte[1 << 20];
            for (long sent = 0; sent < GIGABYTE; sent += block.length) {
                client.send(block);
            }
            assertTrue(client.readResponse().endsWith("ok"));
            client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
            client.readUntil("\r\n\r\n");
            long received = 0;
            while (received < GIGABYTE) {
                int read = client.in().read(block, 0, 16 * 1024);
                assertTrue(read > 0, "cut after " + received);
                received += read;
                checksum(block);
            }
            long peak = process.peakResidentBytes();
            assertTrue(peak < MEMORY_LIMIT_BYTES, "peak resident bytes: " + peak);
        }
    }

    private static RawClient clientOf(SidecarProcess process, int port) throws IOException {
        process.awaitOutput("ready: ");
        return new RawClient(loopback(port));
    }

    /** Takes about as long as a slow reader's own work on each bite would. */
    private static int checksum(byte[] block) {
        int sum = 0;
        for (int i = 0; i < 64 * 1024; i++) {
            sum = 31 * sum + block[i];
        }
        return sum;
    }

    private Path config(int listenerPort, int upstreamPort, String more) throws IOException {
        return Files.writeString(directory.resolve("outrigger.conf"), """
                outrigger {
                  listeners.inbound.bind = "127.0.0.1:%d"
                  upstreams.app.endpoints = ["127.0.0.1:%d"]
                  upstreams.app.health-check.type = none
                  upstreams.app.pool.connect-timeout = 10s
                  overload.max-loop-stall = 0s
                  routes = [{ match { path-prefix = "/" }, upstream = app }]
                  status.bind = "127.0.0.1:0"
                  admin.bind = "127.0.0.1:0"
                  %s
                }
                """.formatted(listenerPort, upstreamPort, more));
    }

    private static boolean accepts(int port) {
        try (RawClient probe = new RawClient(loopback(port))) {
            return probe.in() != null;
        } catch (IOException e) {
            return false;
        }
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
