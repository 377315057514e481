package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Routes that lead to several upstreams: by weight, by session and task, and to those that stand in for others. */
class DestinationsIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    @Test
    void anAlternateStandsInWhileTheBreakerIsOpenAndTheProbeGoesToTheFirst() throws Exception {
        boolean[] broken = {true};
        try (McpUpstream first = new McpUpstream(request -> {
                    if (broken[0]) {
                        request.status(503);
                    } else {
                        named("first").answer(request);
                    }
                });
                McpUpstream standby = new McpUpstream(named("standby"));
                RunningSidecar sidecar = sidecar(
                        first.port(),
                        standby.port(),
                        "upstream = a, alternates = [b]",
                        "upstreams.a.breaker { consecutive-failures = 2, open-for = 3s, backoff.factor = 1 }");
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(503, client.post(Rpc.call("1", "echo")).status());
            assertEquals(503, client.post(Rpc.call("2", "echo")).status());
            assertTrue(call(client).contains("standby"), "it is open now");
            broken[0] = false;
            Await.until("the first is back", DEADLINE, () -> unchecked(client).contains("first"));
            assertEquals(1, sidecar.metric("circuit_breaker_state", "component=\"a\"", "state=\"closed\""));
            assertTrue(
                    sidecar.metric("mcp_query_duration_seconds_count", "server=\"b\"") >= 1, "where it went is told");
            assertEquals(0, sidecar.metric("circuit_breaker_calls_total", "component=\"b\"", "outcome=\"rejected\""));
        }
    }

    @Test
    void anAlternateStandsInWhileNoEndpointIsHealthy() throws Exception {
        try (McpUpstream standby = new McpUpstream(named("standby"));
                RunningSidecar sidecar = sidecar(
                        ScriptedUpstream.refusingPort(),
                        standby.port(),
                        "upstream = a, alternates = [b]",
                        "upstreams.a.health-check { type = tcp, interval = 50ms, timeout = 50ms, unhealthy-after = 1 }");
                McpCaller client = new McpCaller(sidecar)) {
            Await.until(
                    "the check has failed", DEADLINE, () -> unchecked(client).contains("standby"));
            assertTrue(call(client).contains("standby"));
        }
    }

    @Test
    void anAlternateStandsInWhileAllEndpointsAreEjected() throws Exception {
        try (McpUpstream broken = new McpUpstream(request -> request.status(503));
                McpUpstream alsoBroken = new McpUpstream(request -> request.status(503));
                McpUpstream standby = new McpUpstream(named("standby"));
                RunningSidecar sidecar = sidecar(
                        broken.port(),
                        standby.port(),
                        "upstream = a, alternates = [b]",
                        "upstreams.a { endpoints += \"127.0.0.1:" + alsoBroken.port()
                                + "\", breaker.consecutive-failures = 99"
                                + ", ejection { consecutive-failures = 1, max-share = 100%, base-time = 1m } }");
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(503, client.post(Rpc.call("1", "echo")).status());
            assertEquals(503, client.post(Rpc.call("2", "echo")).status());
            for (int i = 0; i < 10; i++) {
                assertTrue(call(client).contains("standby"));
            }
            assertEquals(2, broken.seen().size() + alsoBroken.seen().size());

            sidecar.adminPost("/breakers/b/open");
            assertEquals(503, client.post(Rpc.call("3", "echo")).status(), "better than nothing");
        }
    }

    @Test
    void withoutAnAlternateOfUseTheRefusalIsThatOfTheLastOneAsked() throws Exception {
        try (McpUpstream first = new McpUpstream(request -> request.status(500));
                McpUpstream second = new McpUpstream(request -> request.status(500));
                RunningSidecar sidecar = sidecar(
                        first.port(),
                        second.port(),
                        "upstream = a, alternates = [b]",
                        "defaults.upstream.breaker.consecutive-failures = 1");
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(500, client.post(Rpc.call("1", "echo")).status());
            assertEquals(500, client.post(Rpc.call("2", "echo")).status());
            assertTrue(call(client).contains("\"code\":10002"));
            assertEquals(1, first.seen().size());
            assertEquals(1, second.seen().size());
        }
    }

    /** The breaker opens while it waits for its place: it is sent on when it has got it. */
    @ParameterizedTest
    @ValueSource(strings = {"max = 1", "max = 1, queue = 5, queue-timeout = 15s"})
    void whatMovesOnTakesAPlaceWhereItGoesAndKeepsNoneWhereItWasRefused(String limit) throws Exception {
        boolean queues = limit.contains("queue");
        Semaphore firsts = new Semaphore(0);
        Semaphore standbys = new Semaphore(0);
        try (McpUpstream first = new McpUpstream(held(firsts, "first"));
                McpUpstream standby = new McpUpstream(held(standbys, "standby"));
                RunningSidecar sidecar = sidecar(
                        first.port(),
                        standby.port(),
                        "upstream = a, alternates = [b]",
                        "upstreams.a.concurrency-limit { max = 1, queue = 5, queue-timeout = 15s }"
                                + ", upstreams.b.concurrency-limit { " + limit + " }");
                McpCaller holder = new McpCaller(sidecar);
                McpCaller moved = new McpCaller(sidecar);
                McpCaller next = new McpCaller(sidecar)) {
            moveOn(sidecar, first, firsts, holder, moved);
            Await.until("it went on", DEADLINE, () -> standby.seen().size() == 1);
            assertEquals(0, used(sidecar, "a"), "where it was refused");
            assertEquals(1, used(sidecar, "b"), "where it is");

            sidecar.adminPost("/breakers/a/reset");
            moveOn(sidecar, first, firsts, holder, next);
            if (queues) {
                sidecar.awaitMetric(1, "outrigger_concurrency_waiting", "service=\"b\"");
            } else {
                assertTrue(next.answer().text().contains("\"queue_full\""));
            }
            assertEquals(0, used(sidecar, "a"), "who waits for the second holds none of the first");
            assertEquals(1, standby.seen().size());
            standbys.release(2);
            assertTrue(moved.answer().text().contains("standby"));
            if (queues) {
                assertTrue(next.answer().text().contains("standby"));
            }
            sidecar.awaitMetric(0, "outrigger_concurrency_used");
        } finally {
            firsts.release(100);
            standbys.release(100);
        }
    }

    /** The one place of the first is taken, somebody waits for it, the breaker opens, and the place becomes free. */
    private static void moveOn(
            RunningSidecar sidecar, McpUpstream first, Semaphore firsts, McpCaller holder, McpCaller waiter)
            throws Exception {
        int before = first.seen().size();
        holder.sendPost(Rpc.call("1", "echo"));
        Await.until("it is there", DEADLINE, () -> first.seen().size() > before);
        waiter.sendPost(Rpc.call("2", "echo"));
        sidecar.awaitMetric(1, "outrigger_concurrency_waiting", "service=\"a\"");
        sidecar.adminPost("/breakers/a/open");
        firsts.release();
        assertTrue(holder.answer().text().contains("first"));
    }

    private static double used(RunningSidecar sidecar, String upstream) throws Exception {
        return sidecar.metric("outrigger_concurrency_used", "scope=\"upstream\"", "service=\"" + upstream + "\"");
    }

    private static McpUpstream.Behaviour held(Semaphore answers, String name) {
        return McpUpstream.calls(request -> {
            try {
                assertTrue(answers.tryAcquire(20, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            request.result("{\"from\":\"" + name + "\"}");
        });
    }

    @Test
    void aSessionStaysWhereItBeganAlthoughTheFirstIsBack() throws Exception {
        try (McpUpstream first = new McpUpstream(McpUpstream.sessions("first", named("first")));
                McpUpstream standby = new McpUpstream(McpUpstream.sessions("standby", named("standby")));
                RunningSidecar sidecar = sidecar(first.port(), standby.port(), "upstream = a, alternates = [b]", "");
                McpCaller client = new McpCaller(sidecar)) {
            sidecar.adminPost("/breakers/a/open");
            String session = client.post(Rpc.initialize("7")).header("Mcp-Session-Id");
            assertEquals("standby-7", session);
            sidecar.adminPost("/breakers/a/reset");
            assertTrue(call(client).contains("first"));
            client.session(session);
            for (int i = 0; i < 10; i++) {
                assertTrue(call(client).contains("standby"));
            }
            sidecar.adminPost("/breakers/b/open");
            assertTrue(call(client).contains("\"code\":10002"), "nobody else knows the session");
        }
    }

    @Test
    void aTaskIsAskedForWhereItRuns() throws Exception {
        try (McpUpstream first = new McpUpstream(named("first"));
                McpUpstream second = new McpUpstream(request -> {
                    if (request.method().equals("tools/call")) {
                        request.result("{\"resultType\":\"task\",\"taskId\":\"t-1\",\"status\":\"working\"}");
                    } else {
                        named("second").answer(request);
                    }
                });
                RunningSidecar sidecar = sidecar(
                        first.port(),
                        second.port(),
                        "weighted = [{ upstream = a, weight = 1 }, { upstream = b, weight = 0 }], alternates = [b]",
                        "");
                McpCaller client = new McpCaller(sidecar)) {
            sidecar.adminPost("/breakers/a/open");
            assertTrue(client.postModern(Rpc.modernCall("1", "slow")).text().contains("t-1"));
            sidecar.adminPost("/breakers/a/reset");
            for (int i = 0; i < 10; i++) {
                String get = Rpc.request("2", "tasks/get", "{\"taskId\":\"t-1\"," + Rpc.modernMeta() + "}");
                String answer = client.postModern(get).text();
                assertTrue(answer.contains("second"), answer);
            }
            assertTrue(client.postModern(Rpc.modernCall("3", "slow")).text().contains("first"));
        }
    }

    @Test
    void weightsShareTheRequestsOut() throws Exception {
        try (McpUpstream first = new McpUpstream(named("first"));
                McpUpstream second = new McpUpstream(named("second"));
                RunningSidecar sidecar = sidecar(
                        first.port(),
                        second.port(),
                        "weighted = [{ upstream = a, weight = 75 }, { upstream = b, weight = 25 }]",
                        "");
                McpCaller client = new McpCaller(sidecar)) {
            for (int i = 0; i < 1000; i++) {
                call(client);
            }
            int seconds = second.seen().size();
            // More than seven standard deviations away would be one in 10^11.
            assertTrue(seconds > 150 && seconds < 350, "of 1000 went to the second: " + seconds);
            assertEquals(1000, first.seen().size() + seconds);
        }
    }

    private static McpUpstream.Behaviour named(String name) {
        return McpUpstream.calls(request -> request.result("{\"from\":\"" + name + "\"}"));
    }

    private static String call(McpCaller client) throws IOException {
        return client.post(Rpc.call("1", "echo")).text();
    }

    private static String unchecked(McpCaller client) {
        try {
            return call(client);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RunningSidecar sidecar(int a, int b, String route, String more) throws Exception {
        return RunningSidecar.start("""
                outrigger {
                  listeners.inbound.bind = "127.0.0.1:0"
                  defaults.upstream.health-check.type = none
                  upstreams.a.endpoints = ["127.0.0.1:%d"]
                  upstreams.b.endpoints = ["127.0.0.1:%d"]
                  routes = [{ name = all, match { path-prefix = "/" }, %s }]
                  status.bind = "127.0.0.1:0"
                  admin.bind = "127.0.0.1:0"
                  lifecycle.drain-timeout = 500ms
                  runtime.workers = 2
                  %s
                }
                """.formatted(a, b, route, more));
    }
}
