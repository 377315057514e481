package dev.outrigger.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.outrigger.failure.Outcome;
import dev.outrigger.failure.Reason;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class LoopMetricsTest {
    private final LoopMetrics metrics = new LoopMetrics();

    @Test
    void exchangesWithTheSameLabelsShareASeries() {
        metrics.onFinish(Records.toolCall("echo", Duration.ofMillis(2)));
        metrics.onFinish(Records.toolCall("echo", Duration.ofMillis(3)));
        metrics.onFinish(Records.toolCall("add", Duration.ofMillis(5)));

        Map<String, Interval> byTool = byTool(metrics.handOver(List.of()));

        assertEquals(2, byTool.size());
        assertEquals(2, count(byTool, "echo"));
        assertEquals(5_000_000, byTool.get("echo").sumNanos());
        assertEquals(1, count(byTool, "add"));
    }

    @Test
    void labelsThatAreEqualButNotInternedShareASeriesToo() {
        metrics.onFinish(Records.toolCall("echo", Duration.ofMillis(2)));
        metrics.onFinish(Records.toolCall(new String("echo".toCharArray()), Duration.ofMillis(2)));

        assertEquals(1, metrics.handOver(List.of()).parts().size());
    }

    @Test
    void everyLabelTellsSeriesApart() {
        metrics.onFinish(Records.toolCall("echo", Duration.ofMillis(2)));
        metrics.onFinish(Records.failed(Records.toolCall("echo", Duration.ofMillis(2)), Reason.REQUEST_TIMEOUT));
        metrics.onFinish(Records.failed(Records.toolCall("echo", Duration.ofMillis(2)), Reason.IDLE_TIMEOUT));
        metrics.onFinish(Records.plainHttp("GET", 200, Duration.ofMillis(2)));
        metrics.onFinish(Records.plainHttp("GET", 404, Duration.ofMillis(2)));
        metrics.onFinish(Records.plainHttp("PUT", 404, Duration.ofMillis(2)));

        LoopBatch batch = metrics.handOver(List.of());

        assertEquals(6, batch.parts().size());
        assertEquals(
                6, batch.parts().stream().map(LoopBatch.Part::key).distinct().count());
    }

    @Test
    void nothingIsHandedOverTwice() {
        metrics.onFinish(Records.toolCall("echo", Duration.ofMillis(2)));
        LoopBatch first = metrics.handOver(List.of());
        LoopBatch second = metrics.handOver(List.of());
        metrics.onFinish(Records.toolCall("echo", Duration.ofMillis(2)));
        LoopBatch third = metrics.handOver(List.of());

        assertEquals(1, first.parts().size());
        assertEquals(0, second.parts().size());
        assertEquals(1, count(byTool(third), "echo"));
    }

    @Test
    void intervalsThatCameBackAreFilledAgain() {
        metrics.onFinish(Records.toolCall("echo", Duration.ofMillis(2)));
        Interval interval = metrics.handOver(List.of()).parts().get(0).interval();
        interval.clear();
        metrics.handOver(List.of(interval));
        metrics.onFinish(Records.toolCall("add", Duration.ofMillis(7)));

        LoopBatch.Part part = metrics.handOver(List.of()).parts().get(0);

        assertSame(interval, part.interval());
        assertEquals("add", part.key().tool());
        assertEquals(1, part.interval().count());
        assertEquals(7_000_000, part.interval().sumNanos());
    }

    @Test
    void seriesBeyondTheLimitAreRecordedAsOtherAndCounted() {
        LoopMetrics small = new LoopMetrics(2);
        for (int i = 0; i < 10; i++) {
            small.onFinish(Records.toolCall("tool-" + i, Duration.ofMillis(2)));
        }
        small.onFinish(Records.failed(Records.toolCall("tool-1", Duration.ofMillis(2)), Reason.REQUEST_TIMEOUT));

        LoopBatch batch = small.handOver(List.of());

        Map<String, Interval> succeeded = batch.parts().stream()
                .filter(part -> part.key().outcome() == Outcome.SUCCESS)
                .collect(Collectors.toMap(part -> part.key().tool(), LoopBatch.Part::interval));
        assertEquals(3, succeeded.size());
        assertEquals(1, count(succeeded, "tool-1"));
        assertEquals(8, count(succeeded, ExchangeRecord.OTHER));
        assertEquals(9, batch.gauges().seriesFolded(), "the timeout has a series of its own among the others");
    }

    @Test
    void manySeriesAreAllFoundAgain() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 3000; i++) {
                metrics.onFinish(Records.toolCall("tool-" + i, Duration.ofMillis(2)));
            }
        }

        LoopBatch batch = metrics.handOver(List.of());

        assertEquals(3000, batch.parts().size());
        assertTrue(batch.parts().stream().allMatch(part -> part.interval().count() == 2));
        assertEquals(0, batch.gauges().seriesFolded());
    }

    @Test
    void theLastSampledExchangeIsTheExemplar() {
        metrics.onFinish(Records.sampled(Records.toolCall("echo", Duration.ofMillis(2)), 1, 11));
        metrics.onFinish(Records.sampled(Records.toolCall("echo", Duration.ofMillis(3)), 2, 22));
        metrics.onFinish(Records.toolCall("echo", Duration.ofMillis(4)));
        metrics.onFinish(Records.toolCall("add", Duration.ofMillis(4)));

        Map<String, Interval> byTool = byTool(metrics.handOver(List.of()));

        Interval.Sample sample = byTool.get("echo").sample();
        assertNotNull(sample);
        assertEquals(22, sample.spanId());
        assertEquals(2, sample.traceIdLow());
        assertEquals(3_000_000, sample.durationNanos());
        assertNull(byTool.get("add").sample());
    }

    @Test
    void gaugesAreCopiedAsTheyStand() {
        metrics.downstreamConnections = 3;
        metrics.exchangesActive = 2;
        metrics.connectionsAccepted = 10;
        metrics.connectionsRefused = 1;
        metrics.listener("inbound").refused(Records.refused(RefusalReason.PATH));
        UpstreamGauges app = metrics.upstream("app");
        app.connections = 5;
        app.connects = 6;

        LoopGauges gauges = metrics.handOver(List.of()).gauges();
        app.connections = 0;
        metrics.listener("inbound").refused(Records.refused(RefusalReason.PATH));

        assertSame(app, metrics.upstream("app"));
        assertEquals(3, gauges.downstreamConnections());
        assertEquals(2, gauges.exchangesActive());
        assertEquals(10, gauges.connectionsAccepted());
        assertEquals(1, gauges.connectionsRefused());
        assertEquals(1, gauges.listeners().get("inbound").refused(RefusalReason.PATH));
        assertEquals(5, gauges.upstreams().get("app").connections);
        assertEquals(6, gauges.upstreams().get("app").connects);
    }

    @Test
    void anExchangeWhoseOperationsAreApartHasNoLabelsOfMcp() {
        ExchangeRecord batch = Records.toolCall("echo", Duration.ofMillis(9));
        ExchangeRecord call = Records.callOf(batch, "add", Duration.ofMillis(3));
        metrics.onFinish(batch);
        metrics.onCall(call);

        Map<SeriesKey.Scope, SeriesKey> keys = metrics.handOver(List.of()).parts().stream()
                .map(LoopBatch.Part::key)
                .collect(Collectors.toMap(SeriesKey::scope, key -> key));

        assertEquals(2, keys.size());
        SeriesKey transport = keys.get(SeriesKey.Scope.TRANSPORT);
        assertEquals("", transport.mcpMethod() + transport.tool() + transport.errorType());
        assertEquals("POST 200 SUCCESS", transport.httpMethod() + ' ' + transport.status() + ' ' + transport.breaker());
        SeriesKey operation = keys.get(SeriesKey.Scope.OPERATION);
        assertEquals("tools/call add app", operation.mcpMethod() + ' ' + operation.tool() + ' ' + operation.upstream());
        assertEquals("", operation.httpMethod() + operation.status());
        assertEquals(BreakerMark.NONE, operation.breaker());
    }

    @Test
    void anOperationThatStaysTogetherAndOneApartAreDifferentSeries() {
        ExchangeRecord together = Records.toolCall("echo", Duration.ofMillis(2));
        metrics.onFinish(together);
        metrics.onCall(Records.callOf(Records.toolCall("", Duration.ofMillis(2)), "echo", Duration.ofMillis(2)));
        ExchangeRecord stream = Records.toolCall("echo", Duration.ofMillis(2));
        stream.stream = StreamKind.LISTEN;
        metrics.onFinish(stream);

        assertEquals(3, metrics.handOver(List.of()).parts().size());
    }

    @Test
    void theOverheadIsKeptByRouteForWhatReachedAnUpstream() {
        metrics.onFinish(Records.toolCall("echo", Duration.ofMillis(2)));
        metrics.onFinish(Records.toolCall("add", Duration.ofMillis(2)));
        metrics.onFinish(Records.failed(Records.toolCall("add", Duration.ofMillis(2)), Reason.BREAKER_OPEN));
        metrics.onCall(Records.callOf(Records.toolCall("", Duration.ofMillis(2)), "echo", Duration.ofMillis(2)));

        List<LoopBatch.Timed> timings = metrics.handOver(List.of()).timings();

        assertEquals(1, timings.size());
        assertEquals(
                new TimingKey(TimingKey.Measure.OVERHEAD, "/mcp", StreamKind.NONE),
                timings.get(0).key());
        assertEquals(2, timings.get(0).interval().count());
        assertEquals(80_000, timings.get(0).interval().sumNanos());
        assertEquals(List.of(), metrics.handOver(List.of()).timings());
    }

    @Test
    void streamsAreCountedByUpstreamAndKind() {
        StreamRecorder calls = metrics.stream("app", StreamKind.CALL);
        calls.opened();
        calls.opened();
        calls.event();
        calls.firstEvent(2_000_000);
        calls.event();
        calls.closed(5_000_000);
        metrics.stream("app", StreamKind.GET).opened();

        LoopBatch batch = metrics.handOver(List.of());

        assertSame(calls, metrics.stream("app", StreamKind.CALL));
        assertEquals(
                Map.of(
                        new StreamKey("app", StreamKind.CALL),
                        new StreamGauges(1, 2, 2),
                        new StreamKey("app", StreamKind.GET),
                        new StreamGauges(1, 1, 0)),
                batch.gauges().streams());
        Map<TimingKey.Measure, Interval> timings = batch.timings().stream()
                .collect(Collectors.toMap(timed -> timed.key().measure(), LoopBatch.Timed::interval));
        assertEquals(5_000_000, timings.get(TimingKey.Measure.STREAM).sumNanos());
        assertEquals(2_000_000, timings.get(TimingKey.Measure.FIRST_EVENT).sumNanos());
    }

    @Test
    void messagesAreCopiedAsTheyStand() {
        MessageCounts app = metrics.messages("app");
        app.clientRequests = 3;
        app.serverErrors = 1;

        MessageCounts copy = metrics.handOver(List.of()).gauges().messages().get("app");
        app.clientRequests = 4;

        assertSame(app, metrics.messages("app"));
        assertEquals(3, copy.clientRequests);
        assertEquals(1, copy.serverErrors);
    }

    @Test
    void whileNothingIsCollectedCountsStandStillAndGaugesGoOn() {
        StreamRecorder before = metrics.stream("app", StreamKind.CALL);
        MessageCounts app = metrics.messages("app");
        before.opened();
        before.event();
        app.clientRequests = 2;
        metrics.onFinish(Records.toolCall("echo", Duration.ofMillis(2)));

        metrics.collecting(false);
        metrics.collecting(false);
        finishAll(before, app);
        StreamRecorder within = metrics.stream("app", StreamKind.GET);
        within.opened();
        within.event();
        metrics.messages("other").serverErrors = 9;
        LoopBatch batch = metrics.handOver(List.of());

        assertEquals(1, count(byTool(batch), "echo"), "what was recorded before is handed over");
        assertEquals(
                Map.of(
                        new StreamKey("app", StreamKind.CALL),
                        new StreamGauges(0, 1, 1),
                        new StreamKey("app", StreamKind.GET),
                        new StreamGauges(1, 0, 0)),
                batch.gauges().streams());
        assertEquals(2, batch.gauges().messages().get("app").clientRequests);
        assertEquals(0, batch.gauges().messages().get("other").serverErrors);
        assertEquals(1, batch.timings().size(), "the overhead of the exchange before");
        assertEquals(0, metrics.handOver(List.of()).parts().size());
    }

    @Test
    void afterAPauseCountsGoOnWhereTheyStood() {
        StreamRecorder stream = metrics.stream("app", StreamKind.CALL);
        MessageCounts app = metrics.messages("app");
        stream.opened();
        app.clientRequests = 2;
        metrics.collecting(false);
        finishAll(stream, app);
        metrics.messages("other").serverErrors = 9;

        metrics.collecting(true);
        metrics.collecting(true);
        stream.opened();
        app.clientRequests++;
        metrics.messages("other").serverErrors++;
        finishAll(stream, app);
        LoopBatch batch = metrics.handOver(List.of());

        assertEquals(4, batch.gauges().messages().get("app").clientRequests);
        assertEquals(1, batch.gauges().messages().get("other").serverErrors);
        assertEquals(
                Map.of(new StreamKey("app", StreamKind.CALL), new StreamGauges(0, 2, 1)),
                batch.gauges().streams());
        assertEquals(2, batch.parts().size(), "an exchange and a call");
        assertEquals(3, batch.timings().size(), "overhead, duration of a stream, its first event");
        batch.timings().forEach(timed -> assertEquals(1, timed.interval().count()));
    }

    /** One of everything that is counted. */
    private void finishAll(StreamRecorder open, MessageCounts messages) {
        ExchangeRecord exchange = Records.toolCall("echo", Duration.ofMillis(2));
        metrics.onCall(Records.callOf(Records.toolCall("", Duration.ofMillis(9)), "add", Duration.ofMillis(3)));
        metrics.onFinish(exchange);
        messages.clientRequests++;
        open.event();
        open.firstEvent(1_000_000);
        open.closed(2_000_000);
    }

    @Test
    void whatIsFoldedStillCountsAsWhatItIs() {
        LoopMetrics none = new LoopMetrics(0);
        ExchangeRecord batch = Records.toolCall("", Duration.ofMillis(9));
        none.onCall(Records.callOf(batch, "echo", Duration.ofMillis(3)));
        none.onFinish(batch);
        none.onFinish(Records.stream(StreamKind.LISTEN, Duration.ofMinutes(3)));
        none.onFinish(Records.toolCall("echo", Duration.ofMillis(3)));
        none.onFinish(Records.toolCall("add", Duration.ofMillis(3)));

        LoopBatch handed = none.handOver(List.of());

        assertEquals(5, handed.gauges().seriesFolded());
        Map<String, Long> counts = handed.parts().stream()
                .collect(Collectors.toMap(
                        part -> part.key().scope() + (part.key().openEnded() ? " stream" : ""),
                        part -> part.interval().count()));
        assertEquals(Map.of("OPERATION", 1L, "TRANSPORT", 1L, "EXCHANGE stream", 1L, "EXCHANGE", 2L), counts);
    }

    @Test
    void streamsMessagesAndCallsAllocateNothingOnceTheyAreKnown() {
        ExchangeRecord call = Records.callOf(Records.toolCall("", Duration.ofMillis(9)), "echo", Duration.ofMillis(3));
        streamOften(call);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        streamOften(call);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertTrue(allocated < 4096, "20,000 streams allocated " + allocated + " B");
    }

    private void streamOften(ExchangeRecord call) {
        for (int i = 0; i < 20_000; i++) {
            StreamRecorder stream = metrics.stream("app", StreamKind.CALL);
            stream.opened();
            stream.event();
            stream.firstEvent(1_000_000);
            metrics.messages("app").serverResponses++;
            stream.closed(2_000_000);
            metrics.onCall(call);
        }
    }

    @Test
    void recordingAllocatesNothingOnceTheSeriesExists() {
        ExchangeRecord[] records = new ExchangeRecord[64];
        for (int i = 0; i < records.length; i++) {
            records[i] = Records.sampled(Records.toolCall("tool-" + i % 8, Duration.ofMillis(1 + i)), i, i + 1);
        }
        record(records, 1000);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        record(records, 1000);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        // The measurement itself allocates a little.
        assertTrue(allocated < 4096, "64,000 exchanges allocated " + allocated + " B");
    }

    private void record(ExchangeRecord[] records, int rounds) {
        for (int round = 0; round < rounds; round++) {
            for (ExchangeRecord record : records) {
                metrics.onFinish(record);
            }
        }
    }

    private static long count(Map<String, Interval> byTool, String tool) {
        Interval interval = byTool.get(tool);
        assertNotNull(interval, tool);
        return interval.count();
    }

    private static Map<String, Interval> byTool(LoopBatch batch) {
        return batch.parts().stream()
                .collect(Collectors.toMap(part -> part.key().tool(), LoopBatch.Part::interval));
    }
}
