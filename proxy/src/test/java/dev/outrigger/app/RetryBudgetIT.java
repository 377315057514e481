package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** With everything down a retry storm is impossible, whatever the number of attempts. */
class RetryBudgetIT {
    private static final int REQUESTS = 400;
    private static final String CALL = Rpc.request("1", "tools/list", "{}");
    private static final String REQUEST =
            "POST /mcp HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: " + CALL.length()
                    + "\r\n\r\n" + CALL;

    @Test
    void theUpstreamGetsAFifthMoreThanWhatIsAskedAndNoMore() throws Exception {
        ScriptedUpstream.Script down = connection -> {
            connection.readRequest();
            connection.write("HTTP/1.1 503 Down\r\nContent-Length: 0\r\n\r\n");
        };
        try (ScriptedUpstream one = new ScriptedUpstream(down);
                ScriptedUpstream two = new ScriptedUpstream(down);
                RunningSidecar sidecar = RunningSidecar.beforeEndpoints(
                        List.of(one.port(), two.port()),
                        "retry { attempts = 5, backoff { base = 1ms, max = 1ms } }",
                        "upstreams.app.breaker.consecutive-failures = 10000");
                RawClient client = new RawClient(sidecar.inbound())) {
            long startNanos = System.nanoTime();
            for (int i = 0; i < REQUESTS; i++) {
                String answer = client.send(REQUEST).readResponse();
                assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
            }
            int attempts = one.requests() + two.requests();
            assertTrue(
                    attempts <= REQUESTS * 1.2 + reserve(System.nanoTime() - startNanos),
                    attempts + " attempts for " + REQUESTS + " requests");
            assertEquals(attempts - REQUESTS, sidecar.metric("upstream_retries_total"));
            assertTrue(sidecar.metric("upstream_retry_budget_exhausted_total", "server=\"app\"") > 0);
        }
    }

    /** Ten retries in ten seconds are always allowed; a slow machine has more of those. */
    private static long reserve(long elapsedNanos) {
        return 10 * (1 + TimeUnit.NANOSECONDS.toSeconds(elapsedNanos) / 10 + 1);
    }
}
