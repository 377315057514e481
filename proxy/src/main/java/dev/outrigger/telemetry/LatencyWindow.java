package dev.outrigger.telemetry;

import dev.outrigger.failure.Outcome;
import dev.outrigger.record.BreakerMark;
import dev.outrigger.record.Interval;
import dev.outrigger.record.SeriesKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.IntCountsHistogram;

/**
 * What happened since the last window was closed: a histogram per upstream and tool, and each breaker's share of failures.
 *
 * <p>Exchanges that the proxy refused are left out: microseconds without an upstream would hide how slow it is. So are streams
 * that last as long as the client likes, and exchanges whose operations are recorded apart, which stand for themselves.
 *
 * <p>Belongs to control.
 */
final class LatencyWindow {
    private static final int DIGITS = 3;
    private static final double MICROS_PER_SECOND = 1e6;
    private static final double PERCENT = 100;
    static final Interval.Visitor NOWHERE = (micros, count) -> {};

    private Map<Subject, IntCountsHistogram> histograms = new HashMap<>();
    private Map<String, Judgement> judgements = new HashMap<>();
    private List<WindowLatency> latencies = List.of();
    private Map<String, Double> failureRates = Map.of();

    /**
     * Counts a series' calls.
     *
     * @return to be shown their durations
     */
    Interval.Visitor add(SeriesKey key, long calls) {
        if (key.breaker() == BreakerMark.SUCCESS || key.breaker() == BreakerMark.FAILURE) {
            judgements
                    .computeIfAbsent(key.upstream(), unused -> new Judgement())
                    .add(key.breaker(), calls);
        }
        if (!isLatency(key)) {
            return NOWHERE;
        }
        IntCountsHistogram histogram = histograms.computeIfAbsent(
                new Subject(key.upstream(), key.tool()), unused -> new IntCountsHistogram(DIGITS));
        return histogram::recordValueWithCount;
    }

    /** Publishes what was added and begins anew. */
    void close() {
        List<WindowLatency> closed = new ArrayList<>();
        histograms.forEach((subject, histogram) -> closed.add(latencyOf(subject, histogram)));
        latencies = List.copyOf(closed);
        Map<String, Double> rates = new HashMap<>();
        judgements.forEach((upstream, judgement) -> rates.put(upstream, judgement.failureRate()));
        failureRates = Map.copyOf(rates);
        histograms = new HashMap<>();
        judgements = new HashMap<>();
    }

    List<WindowLatency> latencies() {
        return latencies;
    }

    /** Share of failed calls by upstream, 0 to 1; an upstream without calls has none. */
    Map<String, Double> failureRates() {
        return failureRates;
    }

    /** Whether the durations of a series say how fast its upstream is. */
    static boolean isLatency(SeriesKey key) {
        return !key.upstream().isEmpty()
                && key.outcome() != Outcome.REJECTED
                && key.scope() != SeriesKey.Scope.TRANSPORT
                && !key.openEnded();
    }

    private static WindowLatency latencyOf(Subject subject, IntCountsHistogram histogram) {
        List<Double> seconds = new ArrayList<>();
        for (double quantile : WindowLatency.QUANTILES) {
            seconds.add(histogram.getValueAtPercentile(quantile * PERCENT) / MICROS_PER_SECOND);
        }
        return new WindowLatency(subject.server, subject.tool, seconds);
    }

    private record Subject(String server, String tool) {}

    private static final class Judgement {
        private long failures;
        private long calls;

        void add(BreakerMark mark, long count) {
            calls += count;
            failures += mark == BreakerMark.FAILURE ? count : 0;
        }

        double failureRate() {
            return (double) failures / calls;
        }
    }
}
