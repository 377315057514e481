package dev.outrigger.soak;

import java.util.Map;
import java.util.TreeMap;

/** One fault, and what clients saw from its beginning to that of the next one. */
final class FaultRecord {
    private final FaultKind kind;
    private final long beganNanos;
    private final Map<String, Long> failures = new TreeMap<>();
    private long calls;
    private long lastFailureNanos;
    private long endedNanos;

    FaultRecord(FaultKind kind, long beganNanos) {
        this.kind = kind;
        this.beganNanos = beganNanos;
        this.endedNanos = beganNanos;
        this.lastFailureNanos = beganNanos;
    }

    void onEnd(String verdict) {
        calls++;
        if (!Verdict.isExpected(verdict)) {
            failures.merge(verdict, 1L, Long::sum);
            lastFailureNanos = System.nanoTime();
        }
    }

    void onOver(long nowNanos) {
        endedNanos = nowNanos;
    }

    FaultKind kind() {
        return kind;
    }

    long beganNanos() {
        return beganNanos;
    }

    long calls() {
        return calls;
    }

    Map<String, Long> failures() {
        return failures;
    }

    long failed() {
        return failures.values().stream().mapToLong(Long::longValue).sum();
    }

    /** From its beginning to the last call that failed; 0 if none did. */
    long failingNanos() {
        return lastFailureNanos - beganNanos;
    }

    /** From its end to the last call that failed; 0 if none did after it. */
    long recoveryNanos() {
        return Math.max(0, lastFailureNanos - endedNanos);
    }
}
