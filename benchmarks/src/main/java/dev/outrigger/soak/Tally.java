package dev.outrigger.soak;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What all clients have seen. Loop only until they have left. */
final class Tally {
    private static final long LONGEST_MICROS = 600_000_000;
    private static final int DIGITS = 3;

    private final Map<CallKind, Map<String, Long>> verdicts = new EnumMap<>(CallKind.class);
    private final Map<CallKind, Long> sent = new EnumMap<>(CallKind.class);
    private final Map<CallKind, Long> longestHeadNanos = new EnumMap<>(CallKind.class);
    private final Map<CallKind, Histogram> latencies = new EnumMap<>(CallKind.class);
    private final Histogram all = histogram();
    private final Map<String, Long> statuses = new TreeMap<>();
    private @Nullable FaultRecord current;
    private long connectFailures;
    private long events;
    private long cached;

    private static Histogram histogram() {
        return new Histogram(LONGEST_MICROS, DIGITS);
    }

    private static <K> void add(Map<K, Long> counts, K what) {
        counts.merge(what, 1L, Long::sum);
    }

    /** What goes wrong from now on is its doing. */
    void onFault(FaultRecord fault) {
        current = fault;
    }

    void onSent(CallKind kind) {
        add(sent, kind);
    }

    void onConnectFailed() {
        connectFailures++;
    }

    /** An event of a stream that is only listened to. */
    void onEvent() {
        events++;
    }

    void onHead(CallKind kind, int status, boolean isCached, long waitedNanos) {
        cached += isCached ? 1 : 0;
        add(statuses, Integer.toString(status));
        longestHeadNanos.merge(kind, waitedNanos, Math::max);
    }

    void onEnd(CallKind kind, String verdict, boolean hadHead, long tookNanos) {
        add(verdicts.computeIfAbsent(kind, unseen -> new TreeMap<>()), verdict);
        if (!hadHead) {
            add(statuses, "none");
            longestHeadNanos.merge(kind, tookNanos, Math::max);
        }
        if (verdict.equals(Verdict.OK) && kind != CallKind.LISTEN) {
            long micros = Math.min(tookNanos / 1_000, LONGEST_MICROS);
            latencies.computeIfAbsent(kind, unseen -> histogram()).recordValue(micros);
            all.recordValue(micros);
        }
        if (current != null) {
            current.onEnd(verdict);
        }
    }

    // ---- once it is over

    long calls() {
        return sent.values().stream().mapToLong(Long::longValue).sum();
    }

    long sent(CallKind kind) {
        return sent.getOrDefault(kind, 0L);
    }

    long ended(CallKind kind, String verdict) {
        return verdicts(kind).getOrDefault(verdict, 0L);
    }

    Map<String, Long> verdicts(CallKind kind) {
        return verdicts.getOrDefault(kind, Map.of());
    }

    /** Over all kinds. */
    Map<String, Long> verdicts() {
        Map<String, Long> sum = new TreeMap<>();
        verdicts.values().forEach(counts -> counts.forEach((verdict, count) -> sum.merge(verdict, count, Long::sum)));
        return sum;
    }

    /** Answers by status, {@code none} for those without a head. */
    Map<String, Long> statuses() {
        return statuses;
    }

    long longestHeadNanos(CallKind kind) {
        return longestHeadNanos.getOrDefault(kind, 0L);
    }

    /** Of calls that went well, in microseconds. */
    Histogram latencies(CallKind kind) {
        return latencies.getOrDefault(kind, histogram());
    }

    /** The same over all kinds. */
    Histogram latencies() {
        return all;
    }

    long connectFailures() {
        return connectFailures;
    }

    long events() {
        return events;
    }

    /** Answers that came out of the sidecar's cache. */
    long cached() {
        return cached;
    }
}
