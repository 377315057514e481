package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import dev.outrigger.testing.FrameServer;
import dev.outrigger.testing.FrameServer.Script;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Clients of HTTP/1.1 before an upstream of HTTP/2, whatever that may do. */
class Http2UpstreamIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final String GET = "GET /x HTTP/1.1\r\nHost: sidecar.test\r\n\r\n";
    private static final String HTTP2 = "upstreams.app.protocol = http2";
    private static final Script OK = (stream, whole) -> {
        if (whole) {
            stream.answer("for " + stream.path() + ':' + stream.body());
        }
    };

    private static RunningSidecar before(FrameServer server, String... more) throws Exception {
        List<String> settings = new ArrayList<>(List.of(more));
        settings.add(HTTP2);
        // One worker, so that it is one pool that is looked at.
        settings.add("runtime.workers = 1");
        return RunningSidecar.before(server.port(), settings.toArray(new String[0]));
    }

    private static String post(String body) {
        return "POST /p HTTP/1.1\r\nHost: sidecar.test\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    @Test
    void requestsAndAnswersPassOnOneConnection() throws Exception {
        Queue<String> heads = new ConcurrentLinkedQueue<>();
        try (FrameServer server = new FrameServer((stream, whole) -> {
                    heads.add(stream.head().authority() + " " + stream.head().scheme() + " "
                            + stream.head().contains("connection"));
                    OK.onRequest(stream, whole);
                });
                RunningSidecar sidecar = before(server);
                RawClient client = new RawClient(sidecar.inbound())) {
            assertTrue(client.send(GET).readResponse().endsWith("for /x:"));
            assertTrue(client.send(post("hello")).readResponse().endsWith("for /p:hello"));
            assertEquals(1, server.accepted());
            assertEquals("sidecar.test http false", heads.peek());
            sidecar.awaitMetric(2, "circuit_breaker_calls_total", "outcome=\"success\"");
            assertEquals(1, sidecar.metric("upstream_connects_total"));
        }
    }

    @Test
    void aRequestWithoutABodyIsOneFrame() throws Exception {
        Queue<Boolean> whole = new ConcurrentLinkedQueue<>();
        try (FrameServer server = new FrameServer((stream, all) -> {
                    whole.add(all);
                    stream.answer("ok");
                });
                RunningSidecar sidecar = before(server);
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send(GET).readResponse();
            assertEquals(List.of(true), List.copyOf(whole));
        }
    }

    @Test
    void trailersPassBothWaysWithoutWhatMustNotTrail() throws Exception {
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        try (FrameServer server = new FrameServer((stream, whole) -> {
                    if (whole) {
                        seen.add(String.valueOf(stream.trailers()));
                        stream.head("200", false);
                        stream.data("body", false);
                        stream.headers(
                                new DefaultHttp2Headers().add("x-sum", "42").add("content-type", "text/evil"), true);
                    }
                });
                RunningSidecar sidecar = before(server);
                RawClient client = new RawClient(sidecar.inbound())) {
            String answer = client.send(
                            "POST /p HTTP/1.1\r\nHost: h\r\nTE: trailers\r\nConnection: close, TE\r\n"
                                    + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Check: 7\r\nAuthorization: x\r\n\r\n")
                    .readToEnd();
            assertTrue(answer.contains("0\r\nx-sum: 42\r\n\r\n"), answer);
            String trailers = String.valueOf(seen.peek());
            assertTrue(trailers.contains("x-check: 7"), trailers);
            assertFalse(trailers.contains("authorization"), trailers);
        }
    }

    @Test
    void aRefusedStreamIsTriedAgainWithItsWholeBody() throws Exception {
        AtomicInteger refusals = new AtomicInteger();
        try (FrameServer server = new FrameServer((stream, whole) -> {
                    if (whole && refusals.getAndIncrement() < 2) {
                        stream.reset(Http2Error.REFUSED_STREAM);
                    } else {
                        OK.onRequest(stream, whole);
                    }
                });
                RunningSidecar sidecar = before(server);
                RawClient client = new RawClient(sidecar.inbound())) {
            String answer = client.send(post("hello")).readResponse();
            assertTrue(answer.endsWith("for /p:hello"), answer);
            assertEquals(3, server.requests());
            assertEquals(3, server.accepted(), "each time on another connection");
            assertEquals(2, sidecar.metric("upstream_retries_total", "reason=\"refused_stream\""));
            sidecar.awaitMetric(1, "circuit_breaker_calls_total", "outcome=\"success\"");
            Await.until("the connections that refused are closed", DEADLINE, () -> server.open() <= 1);
        }
    }

    @Test
    void anUpstreamThatRefusesThreeTimesHasRefused() throws Exception {
        try (FrameServer server = new FrameServer((stream, whole) -> stream.reset(Http2Error.REFUSED_STREAM));
                RunningSidecar sidecar = before(server);
                RawClient client = new RawClient(sidecar.inbound())) {
            String answer = client.send(GET).readResponse();
            assertTrue(answer.startsWith("HTTP/1.1 502 "), answer);
            assertTrue(answer.contains("\"reason\":\"stream_refused\""), answer);
            assertEquals(3, server.requests());
        }
    }

    @Test
    void aBodyThatIsTooLongToKeepIsNotSentAgain() throws Exception {
        try (FrameServer server = new FrameServer((stream, whole) -> {
                    if (whole) {
                        stream.reset(Http2Error.REFUSED_STREAM);
                    }
                });
                RunningSidecar sidecar =
                        before(server, "upstreams.app.http2 { stream-window = 1MiB, connection-window = 1MiB }");
                RawClient client = new RawClient(sidecar.inbound())) {
            String answer = client.send(post("a".repeat(65 * 1024))).readResponse();
            assertTrue(answer.contains("\"reason\":\"stream_refused\""), answer);
            assertEquals(1, server.requests());
            assertEquals(0, sidecar.metric("upstream_retries_total"));
        }
    }

    @Test
    void anyOtherResetIsNotTriedAgain() throws Exception {
        try (FrameServer server = new FrameServer((stream, whole) -> stream.reset(Http2Error.INTERNAL_ERROR));
                RunningSidecar sidecar = before(server);
                RawClient client = new RawClient(sidecar.inbound())) {
            String answer = client.send(GET).readResponse();
            assertTrue(answer.contains("\"reason\":\"closed_before_response\""), answer);
            assertTrue(answer.contains("INTERNAL_ERROR"), answer);
            assertEquals(1, server.requests());
        }
    }

    @Test
    void aResetInsideAnAnswerIsSeenByTheClient() throws Exception {
        try (FrameServer server = new FrameServer((stream, whole) -> {
                    stream.head("200", false);
                    stream.data("half", false);
                    stream.reset(Http2Error.INTERNAL_ERROR);
                });
                RunningSidecar sidecar = before(server);
                RawClient client = new RawClient(sidecar.inbound())) {
            String answer = client.send(GET).readToEnd();
            assertFalse(answer.endsWith("0\r\n\r\n"), answer);
            sidecar.awaitMetric(1, "circuit_breaker_calls_total", "outcome=\"failure\"");
        }
    }

    @Test
    void anAnswerBeforeTheEndOfItsRequestIsWhole() throws Exception {
        try (FrameServer server = new FrameServer((stream, whole) -> {
                    if (stream.body().isEmpty() && !whole) {
                        stream.answer("enough");
                        stream.reset(Http2Error.NO_ERROR);
                    }
                });
                RunningSidecar sidecar = before(server);
                RawClient client = new RawClient(sidecar.inbound())) {
            String answer = client.send("POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc")
                    .readResponse();
            assertTrue(answer.endsWith("enough"), answer);
            sidecar.awaitMetric(1, "circuit_breaker_calls_total", "outcome=\"success\"");
        }
    }

    @Test
    void whatTheUpstreamHasNotLookedAtBeforeItLeavesGoesElsewhere() throws Exception {
        AtomicInteger goAways = new AtomicInteger();
        try (FrameServer server = new FrameServer((stream, whole) -> {
                    if (goAways.getAndIncrement() == 0) {
                        stream.goAway(0);
                    } else {
                        OK.onRequest(stream, whole);
                    }
                });
                RunningSidecar sidecar = before(server);
                RawClient client = new RawClient(sidecar.inbound())) {
            assertTrue(client.send(GET).readResponse().endsWith("for /x:"));
            assertEquals(2, server.requests());
            assertEquals(2, server.accepted());
            sidecar.awaitMetric(1, "upstream_retries_total", "reason=\"refused_stream\"");
        }
    }

    @Test
    void aConnectionToldToGoTakesNoNewStreamsAndFinishesItsOwn() throws Exception {
        Queue<FrameServer.Stream> slow = new ConcurrentLinkedQueue<>();
        try (FrameServer server = new FrameServer((stream, whole) -> {
                    if (stream.path().equals("/slow")) {
                        stream.goAway(stream.number());
                        slow.add(stream);
                    } else {
                        OK.onRequest(stream, whole);
                    }
                });
                RunningSidecar sidecar = before(server, "upstreams.app.pool.max-connections = 1");
                RawClient waiting = new RawClient(sidecar.inbound());
                RawClient client = new RawClient(sidecar.inbound())) {
            waiting.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
            Await.until("the slow request is there", DEADLINE, () -> slow.size() == 1);
            assertTrue(client.send(GET).readResponse().endsWith("for /x:"));
            assertEquals(2, server.accepted());
            slow.peek().answer("late");
            assertTrue(waiting.readResponse().endsWith("late"));
            Await.until("the connection that goes is gone", DEADLINE, () -> server.open() <= 1);
        }
    }

    @Test
    void exchangesWaitForAStreamWhereTheUpstreamAllowsNoMore() throws Exception {
        Queue<FrameServer.Stream> held = new ConcurrentLinkedQueue<>();
        try (FrameServer server =
                        new FrameServer(new Http2Settings().maxConcurrentStreams(1), true, (stream, whole) -> {
                            if (stream.path().equals("/first")) {
                                stream.answer("known");
                            } else {
                                held.add(stream);
                            }
                        });
                RunningSidecar sidecar =
                        before(server, "upstreams.app.pool { max-connections = 1, connect-timeout = 20s }");
                RawClient one = new RawClient(sidecar.inbound());
                RawClient two = new RawClient(sidecar.inbound())) {
            one.send("GET /first HTTP/1.1\r\nHost: h\r\n\r\n").readResponse();
            one.send(GET);
            Await.until("the first is there", DEADLINE, () -> held.size() == 1);
            two.send(GET);
            sidecar.awaitMetric(1, "upstream_pending");
            assertEquals(1, held.size());
            held.poll().answer("one");
            assertTrue(one.readResponse().endsWith("one"));
            Await.until("the second is there", DEADLINE, () -> held.size() == 1);
            held.poll().answer("two");
            assertTrue(two.readResponse().endsWith("two"));
            assertEquals(1, server.accepted());
            sidecar.awaitMetric(0, "upstream_pending");
        }
    }

    @Test
    void manyExchangesShareOneConnect() throws Exception {
        try (FrameServer server = new FrameServer(OK);
                RunningSidecar sidecar = before(server)) {
            List<RawClient> clients = new ArrayList<>();
            try {
                for (int i = 0; i < 20; i++) {
                    clients.add(new RawClient(sidecar.inbound()).send(GET));
                }
                for (RawClient client : clients) {
                    assertTrue(client.readResponse().endsWith("for /x:"));
                }
            } finally {
                for (RawClient client : clients) {
                    client.close();
                }
            }
            assertEquals(1, server.accepted());
            sidecar.awaitMetric(1, "upstream_connections", "state=\"idle\"");
        }
    }

    @Test
    void aClientThatLeavesResetsItsStreamAtOnceAndNothingElse() throws Exception {
        Queue<FrameServer.Stream> held = new ConcurrentLinkedQueue<>();
        try (FrameServer server = new FrameServer((stream, whole) -> held.add(stream));
                RunningSidecar sidecar = before(server);
                RawClient stays = new RawClient(sidecar.inbound())) {
            stays.send(GET);
            Await.until("the first is there", DEADLINE, () -> held.size() == 1);
            try (RawClient leaves = new RawClient(sidecar.inbound())) {
                leaves.send(GET);
                Await.until("the second is there", DEADLINE, () -> held.size() == 2);
            }
            Await.until("its stream is reset", DEADLINE, () -> !server.resets().isEmpty());
            assertEquals(List.of(Http2Error.CANCEL.code()), List.copyOf(server.resets()));
            held.peek().answer("still here");
            assertTrue(stays.readResponse().endsWith("still here"));
            assertEquals(1, server.open());
            sidecar.awaitMetric(2, "http_requests_total");
        }
    }

    @Test
    void anUpstreamThatAnswersNoPingIsGivenUp() throws Exception {
        try (FrameServer server = new FrameServer(new Http2Settings(), false, (stream, whole) -> {});
                RunningSidecar sidecar = before(
                        server, "upstreams.app.http2 { keep-alive-interval = 100ms, keep-alive-timeout = 100ms }");
                RawClient client = new RawClient(sidecar.inbound())) {
            String answer = client.send(GET).readResponse();
            assertTrue(answer.contains("no answer to a ping"), answer);
            Await.until("the ping has come", DEADLINE, () -> server.pings() == 1);
            Await.until("the connection is closed", DEADLINE, () -> server.open() == 0);
            sidecar.awaitMetric(0, "upstream_connections");
        }
    }

    @Test
    void anUpstreamThatAnswersPingsMayTakeItsTime() throws Exception {
        Queue<FrameServer.Stream> held = new ConcurrentLinkedQueue<>();
        try (FrameServer server = new FrameServer((stream, whole) -> held.add(stream));
                RunningSidecar sidecar =
                        before(server, "upstreams.app.http2 { keep-alive-interval = 50ms, keep-alive-timeout = 10s }");
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send(GET);
            Await.until("it was asked whether it lives", DEADLINE, () -> server.pings() >= 1);
            held.peek().answer("late");
            assertTrue(client.readResponse().endsWith("late"));
        }
    }

    @Test
    void anUpstreamOfTheOtherVersionIsAnInvalidAnswer() throws Exception {
        try (ScriptedUpstream server = new ScriptedUpstream(connection -> {
                    connection.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                    // Closed with bytes unread it would be reset, and that may overtake the answer.
                    connection.shutdownOutput();
                    connection.awaitClosed();
                });
                RunningSidecar sidecar = RunningSidecar.before(server.port(), HTTP2);
                RawClient client = new RawClient(sidecar.inbound())) {
            String answer = client.send(GET).readResponse();
            assertTrue(answer.contains("\"reason\":\"invalid_response\""), answer);
            sidecar.awaitMetric(0, "upstream_connections");
        }
    }

    @Test
    void aConnectionThatEndsEndsItsStreams() throws Exception {
        try (FrameServer server = new FrameServer((stream, whole) -> stream.closeConnection());
                RunningSidecar sidecar = before(server);
                RawClient client = new RawClient(sidecar.inbound())) {
            String answer = client.send(GET).readResponse();
            assertTrue(answer.contains("\"reason\":\"closed_before_response\""), answer);
            assertEquals(1, server.requests());
            sidecar.awaitMetric(0, "upstream_connections");
        }
    }

    @Test
    void aMalformedHeadIsAnInvalidAnswer() throws Exception {
        try (FrameServer server = new FrameServer(
                        (stream, whole) -> stream.headers(new DefaultHttp2Headers(false).add("x-no", "status"), true));
                RunningSidecar sidecar = before(server);
                RawClient client = new RawClient(sidecar.inbound())) {
            String answer = client.send(GET).readResponse();
            assertTrue(answer.contains("\"reason\":\"invalid_response\""), answer);
        }
    }

    @Test
    void aPoolThatComesToRestSaysGoodbye() throws Exception {
        try (FrameServer server = new FrameServer(OK);
                RunningSidecar sidecar = before(server, "upstreams.app.pool.idle-timeout = 100ms");
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send(GET).readResponse();
            Await.until("the idle connection is closed", DEADLINE, () -> server.open() == 0);
            assertEquals(1, server.goAways());
        }
    }

    @Test
    void aLongAnswerWaitsForASlowClient() throws Exception {
        int pieces = 400;
        String piece = "0123456789abcdef".repeat(1024);
        AtomicInteger sent = new AtomicInteger();
        try (FrameServer server = new FrameServer((stream, whole) -> {
                    stream.head("200", false);
                    for (int i = 0; i < pieces; i++) {
                        stream.data(piece, i == pieces - 1);
                        sent.incrementAndGet();
                    }
                });
                RunningSidecar sidecar = before(server);
                RawClient client = new RawClient(sidecar.inbound())) {
            String answer = client.send("GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                    .readToEnd();
            assertNotEquals(0, sent.get());
            assertTrue(answer.length() > pieces * piece.length(), "all of it: " + answer.length());
            assertTrue(answer.endsWith("0\r\n\r\n"));
        }
    }

    @Test
    void inVersionAutoClientsOfHttp1AreServedByHttp1() throws Exception {
        try (ScriptedUpstream server = new ScriptedUpstream(ScriptedUpstream.ok("one"));
                RunningSidecar sidecar = RunningSidecar.before(server.port(), "upstreams.app.protocol = auto");
                RawClient client = new RawClient(sidecar.inbound())) {
            assertTrue(client.send(GET).readResponse().endsWith("one"));
        }
    }
}
