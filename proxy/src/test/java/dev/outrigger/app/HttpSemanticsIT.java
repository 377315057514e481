package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.ScriptedUpstream.Script;
import dev.outrigger.testing.Await;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What HTTP/1.1 asks of an intermediary, over real sockets. */
class HttpSemanticsIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final String HOST = "Host: shop.example:81\r\n";

    /** Requests as the upstream saw them. */
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    /** Value of {@code runtime.transport}. */
    String transport() {
        return "auto";
    }

    private RunningSidecar before(int upstreamPort, String... more) throws Exception {
        return RunningSidecar.before(upstreamPort, "runtime.transport = " + transport(), String.join("\n", more));
    }

    private Script answering(String response) {
        return connection -> {
            seen.add(connection.readRequest());
            connection.write(response);
        };
    }

    private String seenRequest() throws InterruptedException {
        String request = seen.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        if (request == null) {
            throw new AssertionError("the upstream has seen no request");
        }
        return request;
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND"})
    void anyMethodPasses(String method) throws Exception {
        try (ScriptedUpstream upstream =
                        new ScriptedUpstream(answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
                RunningSidecar sidecar = before(upstream.port());
                RawClient client = new RawClient(sidecar.inbound())) {
            assertTrue(client.send(method + " /a?b=c HTTP/1.1\r\n" + HOST + "\r\n")
                    .readResponse()
                    .endsWith("ok"));
            assertTrue(seenRequest().startsWith(method + " /a?b=c HTTP/1.1\r\n"));
        }
    }

    @Test
    void headersOfOneConnectionStayThere() throws Exception {
        String response =
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: x-hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n"
                        + "X-Stays: 1\r\n\r\n";
        try (ScriptedUpstream upstream = new ScriptedUpstream(answering(response));
                RunningSidecar sidecar = before(upstream.port());
                RawClient client = new RawClient(sidecar.inbound())) {
            String answer = client.send(
                            "GET / HTTP/1.1\r\n" + HOST
                                    + "Connection: keep-alive, X-Private, Host\r\nX-Private: 1\r\nKeep-Alive: 3\r\nTE: trailers, gzip\r\n"
                                    + "Proxy-Authorization: Basic x\r\nUpgrade: h2c\r\nX-Stays: 1\r\nAuthorization: Bearer t\r\n\r\n")
                    .readResponse()
                    .toLowerCase(Locale.ROOT);
            String request = seenRequest().toLowerCase(Locale.ROOT);
            for (String gone :
                    List.of("x-private", "keep-alive", "proxy-authorization", "upgrade", "connection:", "gzip")) {
                assertFalse(request.contains(gone), gone + " in " + request);
            }
            assertTrue(request.contains("host: shop.example:81\r\n"), request);
            assertTrue(request.contains("te: trailers\r\n"), request);
            assertTrue(request.contains("authorization: bearer t\r\n"), request);
            assertTrue(request.contains("x-stays: 1\r\n"), request);
            assertFalse(answer.contains("x-hop"), answer);
            assertFalse(answer.contains("keep-alive"), answer);
            assertTrue(answer.contains("x-stays: 1\r\n"), answer);
        }
    }

    @Test
    void theUpstreamLearnsWhoAsked() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(answering("HTTP/1.1 204 No Content\r\n\r\n"));
                RunningSidecar sidecar = before(upstream.port());
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send("GET / HTTP/1.1\r\n" + HOST + "\r\n").readResponse();
            String first = seenRequest();
            assertTrue(first.contains("x-forwarded-for: 127.0.0.1\r\n"), first);
            assertTrue(first.contains("x-forwarded-proto: http\r\n"), first);
            assertTrue(first.matches("(?s).*x-request-id: [0-9a-f]{32}\r\n.*"), first);
            assertTrue(first.matches("(?s).*traceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]\r\n.*"), first);
            client.send("GET / HTTP/1.1\r\n" + HOST
                            + "X-Forwarded-For: 10.1.1.1\r\nX-Forwarded-Proto: https\r\nX-Request-ID: mine\r\n\r\n")
                    .readResponse();
            String second = seenRequest();
            assertTrue(second.contains("x-forwarded-for: 10.1.1.1, 127.0.0.1\r\n"), second);
            assertTrue(second.contains("X-Forwarded-Proto: https\r\n"), second);
            assertTrue(second.contains("x-request-id: mine\r\n"), second);
        }
    }

    @Test
    void anAnswerToHeadHasItsLengthAndNoBody() throws Exception {
        Script script = connection -> {
            boolean head = connection.readRequest().startsWith("HEAD");
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + (head ? "" : "hello"));
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(script);
                RunningSidecar sidecar = before(upstream.port());
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send("HEAD / HTTP/1.1\r\n" + HOST + "\r\nGET / HTTP/1.1\r\n" + HOST + "\r\n");
            String head = client.readUntil("\r\n\r\n");
            assertTrue(head.toLowerCase(Locale.ROOT).contains("content-length: 5\r\n"), head);
            assertTrue(client.readResponse().endsWith("hello"));
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInTheirOrder() throws Exception {
        Script echo = connection -> {
            String path = connection.readRequest().split(" ")[1];
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path);
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(echo);
                RunningSidecar sidecar = before(upstream.port(), "listeners.inbound.http.max-pipelined = 200");
                RawClient client = new RawClient(sidecar.inbound())) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 200; i++) {
                all.append(
                        i % 3 == 0
                                ? "POST /" + i + " HTTP/1.1\r\n" + HOST + "Content-Length: 3\r\n\r\nabc"
                                : "GET /" + i + " HTTP/1.1\r\n" + HOST + "\r\n");
            }
            client.send(all.toString());
            for (int i = 0; i < 200; i++) {
                String answer = client.readResponse();
                assertTrue(answer.endsWith("\r\n\r\n/" + i), answer);
            }
            assertEquals(200, sidecar.metric("http_requests_total"));
        }
    }

    @Test
    void trailersPassBothWays() throws Exception {
        String response =
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n";
        Script script = connection -> {
            String head = connection.readHead();
            StringBuilder body = new StringBuilder();
            while (body.indexOf("\r\n\r\n") < 0) {
                body.append((char) connection.in().read());
            }
            seen.add(head + body);
            connection.write(response);
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(script);
                RunningSidecar sidecar = before(upstream.port());
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send("POST / HTTP/1.1\r\n" + HOST
                    + "Transfer-Encoding: chunked\r\nTE: trailers\r\n\r\n2\r\nhi\r\n0\r\nX-Check: 9\r\n\r\n");
            client.readUntil("\r\n\r\n");
            String body = client.readUntil("\r\n\r\n");
            assertTrue(body.startsWith("3\r\nabc\r\n0\r\n"), body);
            assertTrue(body.toLowerCase(Locale.ROOT).contains("x-sum: 7\r\n"), body);
            assertTrue(seenRequest().toLowerCase(Locale.ROOT).contains("x-check: 9\r\n"));
        }
    }

    @Test
    void aClientThatWaitsIsToldToContinue() throws Exception {
        try (ScriptedUpstream upstream =
                        new ScriptedUpstream(answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
                RunningSidecar sidecar = before(upstream.port());
                RawClient client = new RawClient(sidecar.inbound())) {
            for (String type : List.of("text/plain", "application/json")) {
                client.send("POST / HTTP/1.1\r\n" + HOST + "Content-Type: " + type
                        + "\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
                assertEquals("HTTP/1.1 100 Continue\r\n\r\n", client.readUntil("\r\n\r\n"));
                assertTrue(client.send("body").readResponse().endsWith("ok"));
                String request = seenRequest();
                assertTrue(request.endsWith("body"), request);
                assertFalse(request.toLowerCase(Locale.ROOT).contains("expect"), request);
            }
        }
    }

    @Test
    void earlyHintsPass() throws Exception {
        String response =
                "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        try (ScriptedUpstream upstream = new ScriptedUpstream(answering(response));
                RunningSidecar sidecar = before(upstream.port());
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send("GET / HTTP/1.1\r\n" + HOST + "\r\n");
            String hints = client.readUntil("\r\n\r\n");
            assertTrue(hints.startsWith("HTTP/1.1 103 Early Hints\r\n"), hints);
            assertTrue(hints.contains("Link: </a>"), hints);
            assertTrue(client.readResponse().endsWith("ok"));
            assertEquals(1, sidecar.metric("http_requests_total"));
        }
    }

    @Test
    void anOldClientGetsAnAnswerThatItCanRead() throws Exception {
        String response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
        try (ScriptedUpstream upstream = new ScriptedUpstream(answering(response));
                RunningSidecar sidecar = before(upstream.port());
                RawClient client = new RawClient(sidecar.inbound())) {
            String answer = client.send("GET / HTTP/1.0\r\n\r\n").readToEnd();
            assertFalse(answer.toLowerCase(Locale.ROOT).contains("chunked"), answer);
            assertTrue(answer.endsWith("\r\n\r\nabc"), answer);
            String request = seenRequest();
            assertTrue(request.startsWith("GET / HTTP/1.1\r\n"), request);
            assertTrue(request.toLowerCase(Locale.ROOT).contains("host: 127.0.0.1:"), request);
        }
    }

    @Test
    void anAnswerThatEndsWithItsConnectionIsPassedOnWhole() throws Exception {
        Script script = connection -> {
            connection.readRequest();
            connection.write("HTTP/1.0 200 OK\r\n\r\nabc");
            connection.close();
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(script);
                RunningSidecar sidecar = before(upstream.port());
                RawClient client = new RawClient(sidecar.inbound())) {
            String get = "GET / HTTP/1.1\r\n" + HOST + "\r\n";
            assertTrue(client.send(get).readResponse().endsWith("3\r\nabc\r\n0\r\n\r\n"));
            assertTrue(
                    client.send(get).readResponse().endsWith("3\r\nabc\r\n0\r\n\r\n"),
                    "the client's connection goes on");
        }
    }

    @Test
    void eventsPassOneByOne() throws Exception {
        Semaphore next = new Semaphore(0);
        Script streaming = connection -> {
            connection.readRequest();
            connection.write(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 5; i++) {
                next.acquireUninterruptibly();
                String event = "data: " + i + "\n\n";
                connection.write(Integer.toHexString(event.length()) + "\r\n" + event + "\r\n");
            }
            connection.write("0\r\n\r\n");
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(streaming);
                RunningSidecar sidecar = before(upstream.port());
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send("GET /sse HTTP/1.1\r\n" + HOST + "\r\n");
            assertTrue(client.readUntil("\r\n\r\n").contains("text/event-stream"), "the head comes before any event");
            for (int i = 0; i < 5; i++) {
                next.release();
                client.readUntil("data: " + i + "\n\n");
            }
            client.readUntil("0\r\n\r\n");
        }
    }

    @Test
    void connectionsAreReused() throws Exception {
        try (ScriptedUpstream upstream =
                        new ScriptedUpstream(answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
                RunningSidecar sidecar = before(upstream.port());
                RawClient client = new RawClient(sidecar.inbound())) {
            for (int i = 0; i < 20; i++) {
                client.send("GET / HTTP/1.1\r\n" + HOST + "\r\n").readResponse();
            }
            assertEquals(1, upstream.connections());
        }
    }

    @Test
    void anIdleUpstreamConnectionIsDroppedInTime() throws Exception {
        try (ScriptedUpstream upstream =
                        new ScriptedUpstream(answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
                RunningSidecar sidecar = before(upstream.port(), "upstreams.app.pool.idle-timeout = 100ms");
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send("GET / HTTP/1.1\r\n" + HOST + "\r\n").readResponse();
            Await.until("the connection is dropped", DEADLINE, () -> upstream.openConnections() == 0);
            client.send("GET / HTTP/1.1\r\n" + HOST + "\r\n").readResponse();
            assertEquals(2, upstream.connections());
        }
    }

    @Test
    void aRequestWithoutARouteGets404() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.start("""
                        outrigger {
                          listeners.inbound.bind = "127.0.0.1:0"
                          upstreams.app.endpoints = ["127.0.0.1:%d"]
                          routes = [{ match { path-prefix = "/mcp" }, upstream = app }]
                          status.bind = "127.0.0.1:0"
                          admin.bind = "127.0.0.1:0"
                        }
                        """.formatted(ScriptedUpstream.refusingPort()));
                RawClient client = new RawClient(sidecar.inbound())) {
            String call = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";
            String answer = client.send("POST /other HTTP/1.1\r\n" + HOST
                            + "Content-Type: application/json\r\nContent-Length: " + call.length() + "\r\n\r\n" + call)
                    .readResponse();
            assertTrue(answer.startsWith("HTTP/1.1 404 Not Found\r\n"), answer);
            assertTrue(answer.contains("\"reason\":\"no_route\""), answer);
            String again = client.send("GET / HTTP/1.1\r\n" + HOST + "\r\n").readResponse();
            assertTrue(again.startsWith("HTTP/1.1 404 "), "the connection goes on: " + again);
            assertEquals(2, sidecar.metric("http_requests_total", "endpoint=\"none\"", "status=\"404\""));
        }
    }

    @Test
    void anAnswerBeforeTheEndOfItsRequestReachesTheClient() throws Exception {
        Script impatient = connection -> {
            connection.readHead();
            connection.write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
            connection.awaitClosed();
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(impatient);
                RunningSidecar sidecar = before(upstream.port());
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 300000\r\n\r\n");
            client.send("x".repeat(100_000));
            String answer = client.readResponse();
            assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
            assertTrue(answer.endsWith("big"), answer);
            client.send("x".repeat(200_000));
            client.send("GET / HTTP/1.1\r\n" + HOST + "\r\n");
            assertTrue(client.readResponse().endsWith("big"), "the rest of the body was read and dropped");
        }
    }
}
