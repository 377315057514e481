package dev.outrigger.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.failure.Reason;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.LoopBatch;
import dev.outrigger.record.LoopMetrics;
import dev.outrigger.record.Records;
import dev.outrigger.record.StreamKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LatencyWindowTest {
    private final LoopMetrics loop = new LoopMetrics();
    private final LatencyWindow window = new LatencyWindow();

    @Test
    void quantilesAreExactToThreeDigits() {
        for (int millis = 1; millis <= 1000; millis++) {
            loop.onFinish(Records.toolCall("echo", Duration.ofMillis(millis)));
        }
        add();
        window.close();

        WindowLatency latency = window.latencies().get(0);

        assertEquals("app", latency.server());
        assertEquals("echo", latency.tool());
        double[] expected = {0.5, 0.9, 0.99, 0.999, 1.0};
        for (int i = 0; i < expected.length; i++) {
            assertEquals(
                    expected[i],
                    latency.seconds().get(i),
                    expected[i] / 1000,
                    "quantile " + WindowLatency.QUANTILES.get(i));
        }
    }

    @Test
    void outcomesOfOneToolShareItsLatencyButRefusalsAreLeftOut() {
        loop.onFinish(Records.toolCall("echo", Duration.ofMillis(10)));
        loop.onFinish(Records.failed(Records.toolCall("echo", Duration.ofMillis(500)), Reason.REQUEST_TIMEOUT));
        loop.onFinish(Records.failed(Records.toolCall("echo", Duration.ofNanos(1)), Reason.BREAKER_OPEN));
        ExchangeRecord lost = Records.plainHttp("GET", 404, Duration.ofMillis(900));
        lost.upstream = ExchangeRecord.NONE;
        loop.onFinish(lost);
        add();
        window.close();

        assertEquals(1, window.latencies().size());
        WindowLatency latency = window.latencies().get(0);
        assertEquals(0.01, latency.seconds().get(0), 0.0001);
        assertEquals(0.5, latency.seconds().get(4), 0.001);
    }

    @Test
    void streamsAreLeftOutAndABatchIsItsCallsButBothAreJudged() {
        loop.onFinish(Records.stream(StreamKind.GET, Duration.ofMinutes(5)));
        ExchangeRecord batch = Records.toolCall("", Duration.ofSeconds(9));
        loop.onCall(Records.callOf(batch, "echo", Duration.ofMillis(10)));
        loop.onFinish(Records.failed(batch, Reason.CLOSED_IN_RESPONSE));
        add();
        window.close();

        assertEquals(
                List.of("echo"),
                window.latencies().stream().map(WindowLatency::tool).toList());
        assertEquals(0.01, window.latencies().get(0).seconds().get(4), 0.0001);
        assertEquals(Map.of("app", 0.5), window.failureRates());
    }

    @Test
    void aWindowHoldsOnlyWhatCameSinceTheLastOne() {
        loop.onFinish(Records.toolCall("echo", Duration.ofMillis(10)));
        add();
        window.close();
        add();
        assertEquals(1, window.latencies().size(), "until the next one is closed");
        window.close();

        assertEquals(List.of(), window.latencies());
        assertEquals(Map.of(), window.failureRates());
    }

    @Test
    void theFailureRateCountsWhatTheBreakerJudged() {
        for (int i = 0; i < 3; i++) {
            loop.onFinish(Records.toolCall("echo", Duration.ofMillis(10)));
        }
        loop.onFinish(Records.failed(Records.toolCall("add", Duration.ofMillis(10)), Reason.REQUEST_TIMEOUT));
        loop.onFinish(Records.failed(Records.toolCall("add", Duration.ofMillis(10)), Reason.BREAKER_OPEN));
        loop.onFinish(Records.failed(Records.toolCall("add", Duration.ofMillis(10)), Reason.CLIENT_GONE));
        add();
        window.close();

        assertEquals(Map.of("app", 0.25), window.failureRates());
    }

    private void add() {
        for (LoopBatch.Part part : loop.handOver(List.of()).parts()) {
            part.interval().forEach(window.add(part.key(), part.interval().count()));
        }
    }
}
