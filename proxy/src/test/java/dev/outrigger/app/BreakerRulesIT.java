package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What opens a breaker besides failures in a row, whose breaker it is, and what an operator does with it. */
class BreakerRulesIT {
    private static final String OPEN = "\"code\":10002";
    private static final String MANY_IN_A_ROW = "upstreams.app.breaker.consecutive-failures = 1000\n";

    @Test
    void everyOtherCallThatFailsOpensItByTheRate() throws Exception {
        int[] calls = {0};
        try (McpUpstream upstream = new McpUpstream(request -> {
                    if (calls[0]++ % 2 == 0) {
                        request.status(503);
                    } else {
                        request.result("{}");
                    }
                });
                RunningSidecar sidecar = RunningSidecar.before(
                        upstream.port(), MANY_IN_A_ROW + "upstreams.app.breaker.failure-rate.min-calls = 10");
                McpCaller client = new McpCaller(sidecar)) {
            for (int i = 0; i < 10; i++) {
                assertFalse(call(client, i, "echo").contains(OPEN), "call " + i);
            }
            assertTrue(call(client, 42, "echo").contains(OPEN));
            assertEquals(10, upstream.seen().size());
            assertEquals(0.5, sidecar.metric("circuit_breaker_failure_rate", "component=\"app\""));
            String breakers = sidecar.admin("/breakers").body();
            assertTrue(breakers.contains("\"calls\":10"), breakers);
            assertTrue(breakers.contains("\"failure_rate\":0.5"), breakers);
        }
    }

    @Test
    void callsWhoseStreamTakesLongAreSlowAlthoughItsHeadIsFast() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    McpUpstream.Stream stream = request.stream();
                    request.work(Duration.ofMillis(60));
                    stream.event(Rpc.result(request.id(), "{}")).end();
                });
                RunningSidecar sidecar = RunningSidecar.before(
                        upstream.port(),
                        "upstreams.app.breaker { slow-call { threshold = 50ms, rate = 100% }, failure-rate.min-calls = 3 }");
                McpCaller client = new McpCaller(sidecar)) {
            for (int i = 0; i < 3; i++) {
                assertFalse(call(client, i, "echo").contains(OPEN), "call " + i);
            }
            assertTrue(call(client, 42, "echo").contains(OPEN));
            assertEquals(1, sidecar.metric("circuit_breaker_slow_call_rate", "component=\"app\""));
        }
    }

    @Test
    void toolErrorsAndCodesAreFailuresWhereTheConfigurationSaysSo() throws Exception {
        int[] calls = {0};
        try (McpUpstream upstream = new McpUpstream(request -> {
                    if (calls[0]++ % 2 == 0) {
                        request.result("{\"content\":[],\"isError\":true}");
                    } else {
                        request.json(Rpc.error(request.id(), -32603));
                    }
                });
                RunningSidecar sidecar = RunningSidecar.before(
                        upstream.port(),
                        "upstreams.app.breaker { consecutive-failures = 4, fails-on { tool-errors = on, rpc-codes = [-32603] } }");
                McpCaller client = new McpCaller(sidecar)) {
            for (int i = 0; i < 4; i++) {
                assertFalse(call(client, i, "echo").contains(OPEN), "call " + i);
            }
            assertTrue(call(client, 42, "echo").contains(OPEN));
        }
    }

    @Test
    void aToolThatFailsIsRefusedAloneAndItsBreakerHasItsOwnName() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    if (request.name().startsWith("bad")) {
                        request.result("{\"content\":[],\"isError\":true}");
                    } else {
                        request.result("{}");
                    }
                });
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(
                        upstream.port(),
                        "tools { \"*\" { breaker { consecutive-failures = 3, fails-on.tool-errors = on } } }");
                McpCaller client = new McpCaller(sidecar)) {
            for (int i = 0; i < 3; i++) {
                assertTrue(call(client, i, "bad").contains("isError"));
            }
            String refused = call(client, 42, "bad");
            assertTrue(refused.contains(OPEN), refused);
            assertTrue(refused.contains("\"retry_after_ms\":"), refused);
            assertTrue(call(client, 43, "bad_too").contains("isError"), "each tool has its own");
            assertTrue(call(client, 44, "good").contains("\"result\""));
            assertEquals(1, sidecar.metric("circuit_breaker_state", "component=\"app:bad\"", "state=\"open\""));
            assertEquals(1, sidecar.metric("circuit_breaker_state", "component=\"app\"", "state=\"closed\""));
            assertEquals(0, sidecar.metric("circuit_breaker_calls_total", "component=\"app\"", "outcome=\"rejected\""));
            assertEquals(200, sidecar.adminPost("/breakers/app:bad/reset").statusCode());
            assertTrue(call(client, 45, "bad").contains("isError"));
        }
    }

    @Test
    void anOperatorHoldsItOpenOrClosedUntilItIsReset() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> request.status(500));
                RunningSidecar sidecar =
                        RunningSidecar.before(upstream.port(), "upstreams.app.breaker.open-for = 1ms");
                McpCaller client = new McpCaller(sidecar)) {
            String forced = sidecar.adminPost("/breakers/app/close").body();
            assertTrue(forced.contains("\"state\":\"closed\",\"forced\":true"), forced);
            for (int i = 0; i < 20; i++) {
                assertFalse(call(client, i, "echo").contains(OPEN), "call " + i);
            }
            assertTrue(sidecar.adminPost("/breakers/app/open").body().contains("\"state\":\"open\",\"forced\":true"));
            for (int i = 0; i < 5; i++) {
                assertTrue(call(client, i, "echo").contains(OPEN), "no probe, however short the open time");
            }
            assertEquals(1, sidecar.metric("circuit_breaker_forced", "component=\"app\""));
            assertEquals(20, upstream.seen().size());
            assertEquals(404, sidecar.adminPost("/breakers/other/open").statusCode());
            sidecar.adminPost("/breakers/app/reset");
            assertFalse(call(client, 1, "echo").contains(OPEN));
            assertEquals(0, sidecar.metric("circuit_breaker_forced", "component=\"app\""));
        }
    }

    private static String call(McpCaller client, int id, String tool) throws IOException {
        return client.post(Rpc.call(Integer.toString(id), tool)).text();
    }
}
