package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of what comes in a time and of what is under way at once, over two workers. */
class LimitsIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final Semaphore answers = new Semaphore(0);
    private McpUpstream upstream;

    /** Tools whose name begins with {@code held} are answered when the test says so. */
    @BeforeEach
    void start() throws Exception {
        upstream = new McpUpstream(McpUpstream.calls(request -> {
            if (request.body().contains("\"held")) {
                try {
                    assertTrue(answers.tryAcquire(20, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            request.result("{}");
        }));
    }

    @AfterEach
    void stop() throws Exception {
        answers.release(1000);
        upstream.close();
    }

    private RunningSidecar with(String route, String... more) throws Exception {
        return RunningSidecar.beforeWithRoute(upstream.port(), route, more);
    }

    // ---- in a time

    @ParameterizedTest
    @ValueSource(strings = {"token-bucket", "sliding-window"})
    void whatIsMoreThanTheRateIsRefusedAndToldWhenToComeAgain(String algorithm) throws Exception {
        try (RunningSidecar sidecar = with("rate-limit { rate = 3, per = 1h, algorithm = " + algorithm + " }");
                McpCaller first = new McpCaller(sidecar);
                McpCaller second = new McpCaller(sidecar)) {
            assertEquals(
                    Rpc.result("1", "{}"), first.post(Rpc.call("1", "echo")).text());
            assertEquals(
                    Rpc.result("2", "{}"), second.post(Rpc.call("2", "echo")).text());
            assertEquals(
                    Rpc.result("3", "{}"), first.post(Rpc.call("3", "echo")).text());
            WireMessage refused = second.post(Rpc.call("\"x\"", "echo"));
            assertEquals(200, refused.status());
            assertEquals("", refused.header("ratelimit"));
            String body = refused.text();
            assertTrue(body.startsWith("{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"error\":{\"code\":10004,"), body);
            assertTrue(body.contains("\"reason\":\"rate_limited\""), body);
            long afterMillis = Long.parseLong(body.replaceAll("(?s).*\"retry_after_ms\":(\\d+).*", "$1"));
            assertTrue(afterMillis > 1_000_000 && afterMillis <= 3_600_000, body);

            assertEquals(1, sidecar.metric("rate_limit_rejected_total", "service=\"all\""));
            assertEquals(0, sidecar.metric("rate_limit_available_tokens", "service=\"all\""));
            assertTrue(sidecar.admin("/rate-limit").body().contains("{\"key\":\"127.0.0.1\",\"available\":0}"));
        }
    }

    @Test
    void aRefusalByStatusHasTheStandardHeaders() throws Exception {
        try (RunningSidecar sidecar = with("rate-limit { rate = 1, per = 1m }", "mcp.refusal = http");
                McpCaller client = new McpCaller(sidecar)) {
            client.post(Rpc.call("1", "echo")).text();
            WireMessage refused = client.post(Rpc.call("2", "echo"));
            assertEquals(429, refused.status());
            int seconds = Integer.parseInt(refused.header("retry-after"));
            assertTrue(seconds > 30 && seconds <= 60, refused.head());
            assertEquals("\"default\";q=1;w=60", refused.header("ratelimit-policy"));
            assertEquals("\"default\";r=0;t=" + seconds, refused.header("ratelimit"));
        }
    }

    @Test
    void aBatchCountsAsManyAsItHoldsAndPassesWholeOrNotAtAll() throws Exception {
        try (RunningSidecar sidecar = with("rate-limit { rate = 3, per = 1h }");
                McpCaller client = new McpCaller(sidecar)) {
            String two = '[' + Rpc.call("1", "echo") + ',' + Rpc.call("2", "echo") + ']';
            client.post(two).text();
            String refused = client.post(two).text();
            assertTrue(refused.startsWith("[{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":10004,"), refused);
            client.post(Rpc.call("3", "echo")).text();
            assertEquals(2, upstream.seen().size());
        }
    }

    @Test
    void aBatchThatCannotBeLookedThroughCountsAsManyAsItCanHold() throws Exception {
        try (RunningSidecar sidecar = with("rate-limit { rate = 99, per = 1h }", "mcp.scan-limit = 1KiB");
                McpCaller client = new McpCaller(sidecar)) {
            String padded = Rpc.request(
                    "1", "tools/call", "{\"name\":\"a\",\"arguments\":{\"t\":\"" + "x".repeat(300_000) + "\"}}");
            assertEquals(429, discard(client.post('[' + padded + ',' + Rpc.call("2", "echo") + ']')));
            assertPasses(client);
        }
    }

    @Test
    void answersToTheServerAndCancellationsAreNeverLimited() throws Exception {
        try (RunningSidecar sidecar = with("rate-limit { rate = 1, per = 1h }, concurrency-limit { max = 1 }");
                McpCaller client = new McpCaller(sidecar)) {
            client.post(Rpc.call("1", "echo")).text();
            for (int i = 0; i < 3; i++) {
                assertEquals(202, discard(client.post(Rpc.result("7", "{}"))));
                assertEquals(
                        202, discard(client.post(Rpc.notification("notifications/cancelled", "{\"requestId\":1}"))));
            }
            assertEquals(429, discard(client.post(Rpc.notification("notifications/initialized", ""))));
        }
    }

    private static int discard(WireMessage answer) throws IOException {
        answer.text();
        return answer.status();
    }

    @Test
    void eachApiKeyHasALimitAndIsNotShown() throws Exception {
        try (RunningSidecar sidecar = with("rate-limit { key = api-key, rate = 1, per = 1h }");
                McpCaller first = new McpCaller(sidecar).with("X-API-Key", "first-secret");
                McpCaller second = new McpCaller(sidecar).with("X-API-Key", "127.0.0.1");
                McpCaller none = new McpCaller(sidecar)) {
            assertPasses(first);
            assertLimited(first);
            assertPasses(second);
            assertPasses(none);
            assertLimited(none);
            String page = sidecar.admin("/rate-limit").body();
            assertTrue(page.contains("\"sha256:"), page);
            assertTrue(!page.contains("first-secret"), page);
        }
    }

    @Test
    void onlyASessionThatExistsHasALimitOfItsOwn() throws Exception {
        upstream.close();
        upstream = new McpUpstream(McpUpstream.sessions("s", McpUpstream.plain()));
        try (RunningSidecar sidecar = with("rate-limit { key = session, rate = 2, per = 1h }");
                McpCaller client = new McpCaller(sidecar);
                McpCaller inSession = new McpCaller(sidecar);
                McpCaller invented = new McpCaller(sidecar)) {
            String id = client.post(Rpc.initialize("1")).header("mcp-session-id");
            inSession.session(id);
            assertPasses(inSession);
            assertPasses(inSession);
            assertLimited(inSession);
            invented.session("made-up-1");
            assertPasses(invented);
        }
    }

    @Test
    void eachToolMayHaveALimit() throws Exception {
        try (RunningSidecar sidecar = with("rate-limit { key = tool, rate = 1, per = 1h }");
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(Rpc.result("1", "{}"), client.post(Rpc.call("1", "a")).text());
            assertTrue(client.post(Rpc.call("1", "a")).text().contains("10004"));
            assertEquals(Rpc.result("1", "{}"), client.post(Rpc.call("1", "b")).text());
            for (int i = 0; i < 3; i++) {
                assertEquals(
                        Rpc.result("1", "{}"),
                        client.post(Rpc.request("1", "ping", "")).text());
            }
        }
    }

    @Test
    void theToolsOfAPatternMayHaveALimitBesideTheRoutes() throws Exception {
        try (RunningSidecar sidecar = with("tools { \"slow_*\" { rate-limit { rate = 1, per = 1h } } }");
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(
                    Rpc.result("1", "{}"), client.post(Rpc.call("1", "slow_a")).text());
            assertTrue(client.post(Rpc.call("1", "slow_b")).text().contains("10004"));
            assertPasses(client);
            assertEquals(1, sidecar.metric("rate_limit_rejected_total", "service=\"all/slow_*\""));
        }
    }

    @Test
    void aLimitThatIsTriedOutRefusesNothing() throws Exception {
        try (RunningSidecar sidecar = with("rate-limit { rate = 1, per = 1h, shadow = true }");
                McpCaller client = new McpCaller(sidecar)) {
            for (int i = 0; i < 3; i++) {
                assertPasses(client);
            }
            assertEquals(2, sidecar.metric("outrigger_rate_limit_shadow_rejected_total"));
        }
    }

    private static void assertPasses(McpCaller client) throws IOException {
        assertEquals(Rpc.result("1", "{}"), client.post(Rpc.call("1", "echo")).text());
    }

    private static void assertLimited(McpCaller client) throws IOException {
        String body = client.post(Rpc.call("1", "echo")).text();
        assertTrue(body.contains("\"code\":10004,"), body);
    }

    // ---- at once

    @Test
    void whatIsMoreThanThePlacesWaitsInLineAndTheRestIsRefused() throws Exception {
        List<McpCaller> clients = new ArrayList<>();
        try (RunningSidecar sidecar = with("concurrency-limit { max = 2, queue = 2, queue-timeout = 15s }")) {
            for (int i = 0; i < 2; i++) {
                clients.add(new McpCaller(sidecar).sendPost(Rpc.call("1", "held_" + i)));
                awaitSeen(i + 1);
            }
            for (int i = 2; i < 4; i++) {
                clients.add(new McpCaller(sidecar).sendPost(Rpc.call("1", "echo")));
                sidecar.awaitMetric(i - 1, "outrigger_concurrency_waiting", "scope=\"route\"");
            }
            try (McpCaller late = new McpCaller(sidecar)) {
                String body = late.post(Rpc.call("5", "echo")).text();
                assertTrue(body.contains("\"code\":10005,") && body.contains("\"queue_full\""), body);
            }
            assertEquals(2, upstream.seen().size());
            answers.release(2);
            for (McpCaller client : clients) {
                assertEquals(Rpc.result("1", "{}"), client.answer().text());
            }
            sidecar.awaitMetric(0, "outrigger_concurrency_used");
            assertEquals(2, sidecar.metric("outrigger_concurrency_queued_total"));
        } finally {
            for (McpCaller client : clients) {
                client.close();
            }
        }
    }

    @Test
    void whoHasWaitedTooLongIsRefused() throws Exception {
        try (RunningSidecar sidecar = with("concurrency-limit { max = 1, queue = 5, queue-timeout = 50ms }");
                McpCaller holder = new McpCaller(sidecar);
                McpCaller waiter = new McpCaller(sidecar)) {
            holder.sendPost(Rpc.call("1", "held"));
            awaitSeen(1);
            String body = waiter.post(Rpc.call("2", "echo")).text();
            assertTrue(body.contains("\"code\":10005,") && body.contains("\"queue_timeout\""), body);
            answers.release();
            assertEquals(Rpc.result("1", "{}"), holder.answer().text());
            assertPasses(waiter);
        }
    }

    @Test
    void aClientThatLeavesTheLineMakesRoom() throws Exception {
        try (RunningSidecar sidecar = with("concurrency-limit { max = 1, queue = 1, queue-timeout = 15s }");
                McpCaller holder = new McpCaller(sidecar)) {
            holder.sendPost(Rpc.call("1", "held"));
            awaitSeen(1);
            McpCaller gone = new McpCaller(sidecar).sendPost(Rpc.call("2", "echo"));
            sidecar.awaitMetric(1, "outrigger_concurrency_waiting");
            gone.close();
            sidecar.awaitMetric(0, "outrigger_concurrency_waiting");
            answers.release();
            assertEquals(Rpc.result("1", "{}"), holder.answer().text());
            sidecar.awaitMetric(0, "outrigger_concurrency_used");
            assertEquals(1, upstream.seen().size());
        }
    }

    @Test
    void aLargeBodyThatWaitedArrivesWhole() throws Exception {
        try (RunningSidecar sidecar = with("concurrency-limit { max = 1, queue = 1, queue-timeout = 15s }");
                McpCaller holder = new McpCaller(sidecar);
                McpCaller waiter = new McpCaller(sidecar)) {
            holder.sendPost(Rpc.call("1", "held"));
            awaitSeen(1);
            String large = Rpc.request(
                    "2", "tools/call", "{\"name\":\"echo\",\"arguments\":{\"t\":\"" + "x".repeat(3 << 20) + "\"}}");
            Thread sender = new Thread(() -> {
                try {
                    waiter.sendPost(large);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            sender.start();
            sidecar.awaitMetric(1, "outrigger_concurrency_waiting");
            answers.release();
            assertEquals(Rpc.result("1", "{}"), holder.answer().text());
            assertEquals(Rpc.result("2", "{}"), waiter.answer().text());
            sender.join(10_000);
            assertEquals(large, upstream.last().body());
        }
    }

    @Test
    void aSlowToolsLineLeavesTheRouteToTheOthers() throws Exception {
        String route = "concurrency-limit { max = 2 }, tools { \"held*\" { concurrency-limit { max = 1, queue = 9,"
                + " queue-timeout = 15s } } }";
        try (RunningSidecar sidecar = with(route);
                McpCaller first = new McpCaller(sidecar);
                McpCaller second = new McpCaller(sidecar);
                McpCaller other = new McpCaller(sidecar)) {
            first.sendPost(Rpc.call("1", "held"));
            awaitSeen(1);
            second.sendPost(Rpc.call("2", "held"));
            sidecar.awaitMetric(1, "outrigger_concurrency_waiting", "scope=\"tool\"");
            assertPasses(other);
            answers.release(2);
            assertEquals(Rpc.result("1", "{}"), first.answer().text());
            assertEquals(Rpc.result("2", "{}"), second.answer().text());
        }
    }

    @Test
    void batchesThatNeedTheSameToolsInAnotherOrderDoNotWaitForEachOther() throws Exception {
        String limit = "concurrency-limit { max = 1, queue = 9, queue-timeout = 15s }";
        try (RunningSidecar sidecar = with("tools { held_a { " + limit + " }, held_b { " + limit + " } }");
                McpCaller a = new McpCaller(sidecar);
                McpCaller b = new McpCaller(sidecar);
                McpCaller first = new McpCaller(sidecar);
                McpCaller second = new McpCaller(sidecar)) {
            a.sendPost(Rpc.call("1", "held_a"));
            b.sendPost(Rpc.call("2", "held_b"));
            awaitSeen(2);
            first.sendPost("[" + Rpc.call("3", "held_a") + "," + Rpc.call("4", "held_b") + "]");
            second.sendPost("[" + Rpc.call("5", "held_b") + "," + Rpc.call("6", "held_a") + "]");
            sidecar.awaitMetric(2, "outrigger_concurrency_waiting", "scope=\"tool\"");
            answers.release(10);
            for (McpCaller batch : List.of(first, second)) {
                String body = batch.answer().text();
                assertTrue(body.contains("\"result\""), body);
            }
        }
    }

    @Test
    void anUpstreamHasALimitOverAllRoutes() throws Exception {
        try (RunningSidecar sidecar = with("", "upstreams.app.concurrency-limit { max = 1 }");
                McpCaller holder = new McpCaller(sidecar);
                McpCaller other = new McpCaller(sidecar)) {
            holder.sendPost(Rpc.call("1", "held"));
            awaitSeen(1);
            assertTrue(other.post(Rpc.call("2", "echo")).text().contains("\"queue_full\""));
            answers.release();
            assertEquals(Rpc.result("1", "{}"), holder.answer().text());
            assertPasses(other);
        }
    }

    @Test
    void anAdaptiveLimitServes() throws Exception {
        try (RunningSidecar sidecar = with("concurrency-limit = adaptive");
                McpCaller client = new McpCaller(sidecar)) {
            assertPasses(client);
            assertEquals(20, sidecar.metric("outrigger_concurrency_limit"), "one call says nothing yet");
            for (int i = 0; i < 30; i++) {
                assertPasses(client);
            }
        }
    }

    private void awaitSeen(int requests) {
        Await.until(
                "the upstream has seen " + requests,
                DEADLINE,
                () -> upstream.seen().size() >= requests);
    }
}
