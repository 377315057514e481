package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.ScriptedUpstream.Script;
import dev.outrigger.testing.Await;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that ask to leave HTTP, and what becomes of their connections, over real sockets. */
class TunnelIT {
    static final Duration DEADLINE = Duration.ofSeconds(20);
    static final String CHAT = "upgrades = [chat]";
    static final String SWITCHED = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n";
    static final String ASK = "GET /room?a=b HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n";
    private static final String PLAIN = "GET /plain HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String BYTES = "\0\r\nGET / HTTP/1.1\r\n\r\n";

    /** What upstreams saw, in the order of the tests' interest. */
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    @TempDir
    private Path directory;

    /** Value of {@code runtime.transport}. */
    String transport() {
        return "auto";
    }

    final RunningSidecar before(ScriptedUpstream upstream, String route, String... more) throws Exception {
        return RunningSidecar.beforeWithRoute(
                upstream.port(),
                route,
                "runtime.transport = " + transport(),
                "telemetry.access-log.path = \"" + directory.resolve("access.log") + "\"",
                String.join("\n", more));
    }

    private String seen() throws InterruptedException {
        String next = seen.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("the upstream has seen nothing");
        }
        return next.toLowerCase(Locale.ROOT);
    }

    /** Switches, sends back each byte, and ends when the client has. */
    private Script echo() {
        return connection -> {
            seen.add(connection.readHead());
            connection.write(SWITCHED);
            byte[] buffer = new byte[8192];
            int read;
            while ((read = connection.in().read(buffer)) >= 0) {
                connection.write(Arrays.copyOf(buffer, read));
            }
            connection.close();
        };
    }

    final AccessLine onlyLine() throws IOException {
        Path log = directory.resolve("access.log");
        Await.until("a line of the access log", DEADLINE, () -> {
            try {
                return Files.exists(log) && Files.readString(log).endsWith("\n");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        List<AccessLine> lines = AccessLine.read(log);
        assertEquals(1, lines.size(), lines.toString());
        return lines.get(0);
    }

    @Test
    void afterAnUpgradeBytesPassBothWaysUntilBothSidesHaveEnded() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(echo());
                RunningSidecar sidecar = before(upstream, CHAT);
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send(ASK);
            String head = client.readUntil("\r\n\r\n").toLowerCase(Locale.ROOT);
            assertTrue(head.startsWith("http/1.1 101 "), head);
            assertTrue(head.contains("upgrade: chat\r\n") && head.contains("connection: upgrade\r\n"), head);
            String asked = seen();
            assertTrue(asked.startsWith("get /room?a=b http/1.1\r\n"), asked);
            assertTrue(asked.contains("upgrade: chat\r\n") && asked.contains("connection: upgrade\r\n"), asked);
            assertTrue(asked.contains("x-forwarded-for: 127.0.0.1\r\n"), asked);
            sidecar.awaitMetric(1, "outrigger_tunnels_active", "server=\"app\"", "kind=\"upgrade\"");
            client.send(BYTES);
            assertEquals(BYTES, client.readUntil(BYTES));
            client.send("more").shutdownOutput();
            assertEquals("more", client.readToEnd());
            sidecar.awaitMetric(0, "outrigger_tunnels_active");
            assertEquals(1, sidecar.metric("outrigger_tunnels_total", "server=\"app\"", "kind=\"upgrade\""));
            assertEquals(1, sidecar.metric("http_requests_total", "status=\"101\""));
            AccessLine line = onlyLine();
            assertEquals(101, line.status());
            assertEquals("success", line.outcome());
            assertEquals("upgrade", line.stream());
            String text = Files.readString(directory.resolve("access.log"));
            long bytes = BYTES.length() + 4;
            assertTrue(text.contains("\"request_bytes\":" + bytes + ",\"response_bytes\":" + bytes), text);
        }
    }

    @Test
    void whatBothSidesSendWithTheirHeadsIsNotLost() throws Exception {
        Script eager = connection -> {
            connection.readHead();
            connection.write(SWITCHED + "hello");
            seen.add(new String(connection.in().readNBytes(5), StandardCharsets.US_ASCII));
            connection.close();
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(eager);
                RunningSidecar sidecar = before(upstream, CHAT);
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send(ASK + "early");
            client.readUntil("\r\n\r\n");
            assertEquals("early", seen());
            client.shutdownOutput();
            assertEquals("hello", client.readToEnd());
        }
    }

    @Test
    void aClientThatDoesNotReadStopsTheServer() throws Exception {
        AtomicLong sent = new AtomicLong();
        int block = 64 * 1024;
        int blocks = 1024;
        Script floods = connection -> {
            connection.readHead();
            connection.write(SWITCHED);
            for (int i = 0; i < blocks; i++) {
                connection.write(new byte[block]);
                sent.addAndGet(block);
            }
            connection.close();
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(floods);
                RunningSidecar sidecar = before(upstream, CHAT);
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send(ASK).readUntil("\r\n\r\n");
            AtomicLong before = new AtomicLong(-1);
            Await.until(
                    "the server waits", DEADLINE, () -> sent.get() > 0 && sent.get() == before.getAndSet(sent.get()));
            assertTrue(sent.get() < (long) block * blocks, "everything was taken in");
            client.shutdownOutput();
            assertEquals((long) block * blocks, client.in().transferTo(OutputStream.nullOutputStream()));
            assertEquals("success", onlyLine().outcome());
        }
    }

    @Test
    void aServerThatEndsFirstStillGetsWhatTheClientSends() throws Exception {
        Script ends = connection -> {
            connection.readHead();
            connection.write(SWITCHED + "bye");
            connection.shutdownOutput();
            seen.add(new String(connection.in().readAllBytes(), StandardCharsets.US_ASCII));
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(ends);
                RunningSidecar sidecar = before(upstream, CHAT);
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send(ASK).readUntil("\r\n\r\n");
            assertEquals("bye", client.readToEnd());
            client.send("still here");
            client.shutdownOutput();
            assertEquals("still here", seen());
            assertEquals("success", onlyLine().outcome());
        }
    }

    @Test
    void anUpgradeThatTheRouteDoesNotNameIsLeftOut() throws Exception {
        Script ok = connection -> {
            seen.add(connection.readRequest());
            connection.write(OK);
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(ok);
                RunningSidecar sidecar = before(upstream, "");
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send(ASK + PLAIN);
            assertTrue(client.readResponse().endsWith("ok"));
            assertTrue(client.readResponse().endsWith("ok"));
            assertFalse(seen().contains("upgrade"));
            assertTrue(seen().startsWith("get /plain "));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2c", "HTTP/2.0", "h2c, h2"})
    void anotherHttpIsNeverUpgradedTo(String protocol) throws Exception {
        Script ok = connection -> {
            seen.add(connection.readRequest());
            connection.write(OK);
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(ok);
                RunningSidecar sidecar = before(upstream, "upgrades = [\"*\"]");
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send(ASK.replace("chat", protocol).replace(": Upgrade", ": Upgrade, HTTP2-Settings"));
            assertTrue(client.readResponse().endsWith("ok"));
            assertFalse(seen().contains("upgrade"));
        }
    }

    @Test
    void anAnswerThatDoesNotSwitchIsOneLikeAnyOther() throws Exception {
        Script stays = connection -> {
            seen.add(connection.readRequest());
            connection.write(OK);
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(stays);
                RunningSidecar sidecar = before(upstream, CHAT);
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send(ASK + PLAIN);
            assertTrue(client.readResponse().endsWith("ok"));
            assertTrue(seen().contains("upgrade: chat\r\n"));
            assertTrue(client.readResponse().endsWith("ok"));
            client.send(PLAIN);
            assertTrue(client.readResponse().endsWith("ok"));
            assertEquals(1, upstream.connections());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", ASK, "CONNECT"})
    void aSwitchThatWasNotAskedForIsABrokenAnswer(String request) throws Exception {
        String answer = request.equals(ASK) ? SWITCHED.replace("chat", "other") : SWITCHED;
        Script switches = connection -> {
            connection.readRequest();
            connection.write(answer);
            connection.awaitClosed();
        };
        String asked = request.equals("CONNECT") ? "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n" : request;
        try (ScriptedUpstream upstream = new ScriptedUpstream(switches);
                RunningSidecar sidecar = before(upstream, CHAT, "listeners.inbound.http.allow-connect = true");
                RawClient client = new RawClient(sidecar.inbound())) {
            assertTrue(client.send(asked).readResponse().startsWith("HTTP/1.1 502 "));
            Await.until("the connection is given up", DEADLINE, () -> upstream.openConnections() == 0);
        }
    }

    @Test
    void aServerThatBreaksOffIsToldOfByAReset() throws Exception {
        Script breaks = connection -> {
            connection.readHead();
            connection.write(SWITCHED);
            connection.in().read();
            connection.reset();
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(breaks);
                RunningSidecar sidecar = before(upstream, CHAT);
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send(ASK).readUntil("\r\n\r\n");
            client.send("x");
            assertEquals("<reset>", client.readToEnd());
            assertEquals("error", onlyLine().outcome());
            assertEquals(101, onlyLine().status());
            sidecar.awaitMetric(0, "outrigger_tunnels_active");
        }
    }

    @Test
    void aClientThatBreaksOffIsToldOfByAReset() throws Exception {
        Script waits = connection -> {
            connection.readHead();
            connection.write(SWITCHED);
            try {
                connection.awaitClosed();
                seen.add("end");
            } catch (IOException e) {
                seen.add("reset");
            }
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(waits);
                RunningSidecar sidecar = before(upstream, CHAT);
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send(ASK).readUntil("\r\n\r\n");
            client.reset();
            assertEquals("reset", seen());
            assertEquals("cancelled", onlyLine().outcome());
            sidecar.awaitMetric(0, "outrigger_tunnels_active");
        }
    }

    @Test
    void silenceInBothDirectionsEndsIt() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(echo());
                RunningSidecar sidecar = before(upstream, CHAT + ", timeout = 3s, idle-timeout = 4s");
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send(ASK).readUntil("\r\n\r\n");
            client.send("a");
            client.readUntil("a");
            assertEquals("<reset>", client.readToEnd());
            assertEquals("timeout", onlyLine().outcome());
            Await.until("the upstream's side is closed", DEADLINE, () -> upstream.openConnections() == 0);
        }
    }

    @Test
    void aDrainLeavesItUntilItsDeadline() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(echo());
                RunningSidecar sidecar = before(upstream, CHAT, "lifecycle.drain-timeout = 5s");
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send(ASK).readUntil("\r\n\r\n");
            Thread stopping = new Thread(sidecar.sidecar()::stop);
            stopping.start();
            Await.until("the port is closed", DEADLINE, () -> isClosed(sidecar));
            client.send("still");
            assertEquals("still", client.readUntil("still"));
            assertEquals("<reset>", client.readToEnd());
            stopping.join(DEADLINE.toMillis());
            assertFalse(stopping.isAlive());
        }
    }

    private static boolean isClosed(RunningSidecar sidecar) {
        InetSocketAddress address = sidecar.inbound();
        try (Socket probe = new Socket(address.getAddress(), address.getPort())) {
            return !probe.isConnected();
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void connectIsRefusedUnlessItIsAllowed() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(echo());
                RunningSidecar sidecar = before(upstream, "");
                RawClient client = new RawClient(sidecar.inbound())) {
            assertTrue(client.send("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n")
                    .readToEnd()
                    .startsWith("HTTP/1.1 405 "));
            assertEquals(0, upstream.connections());
        }
    }

    @Test
    void connectIsATunnelThroughTheUpstream() throws Exception {
        Script proxy = connection -> {
            seen.add(connection.readHead());
            connection.write("HTTP/1.1 200 Connection established\r\nProxy-Agent: p\r\n\r\nhi");
            seen.add(new String(connection.in().readAllBytes(), StandardCharsets.US_ASCII));
            connection.close();
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(proxy);
                RunningSidecar sidecar = before(upstream, "", "listeners.inbound.http.allow-connect = true");
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\nearly");
            String head = client.readUntil("\r\n\r\n").toLowerCase(Locale.ROOT);
            assertTrue(head.startsWith("http/1.1 200 "), head);
            assertFalse(head.contains("transfer-encoding") || head.contains("content-length"), head);
            assertTrue(seen().startsWith("connect a:443 http/1.1\r\n"));
            client.send(BYTES).shutdownOutput();
            assertEquals("hi", client.readToEnd());
            assertEquals("early" + BYTES.toLowerCase(Locale.ROOT), seen());
            AccessLine line = onlyLine();
            assertEquals("connect", line.stream());
            assertEquals("all", line.route());
            assertEquals(200, line.status());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CONNECT /path HTTP/1.1\r\nHost: a\r\n\r\n",
                "CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n",
                "CONNECT a:443 HTTP/1.1\r\nHost: b:443\r\n\r\n",
                "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\nContent-Length: 5\r\n\r\nhello",
                "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            })
    void aConnectThatCouldBeReadInTwoWaysIsRefused(String request) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(echo());
                RunningSidecar sidecar = before(upstream, "", "listeners.inbound.http.allow-connect = true");
                RawClient client = new RawClient(sidecar.inbound())) {
            assertTrue(client.send(request).readToEnd().startsWith("HTTP/1.1 400 "));
            assertEquals(0, upstream.connections());
        }
    }
}
