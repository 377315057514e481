package dev.outrigger.record;

import java.util.Arrays;

/** How the connections of one listener began on one loop, before their first request or byte. Belongs to the loop. */
public final class EntranceRecorder {
    private final Timings timings;
    private final Timing durations;
    private final long[] found = new long[Detection.values().length];
    private final long[] headers = new long[ProxyHeaderResult.values().length];
    private long timeouts;

    EntranceRecorder(String listener, Timings timings) {
        this.timings = timings;
        this.durations = timings.of(new TimingKey(TimingKey.Measure.DETECTION, listener, StreamKind.NONE));
    }

    /**
     * A connection is known to speak something.
     *
     * @param durationNanos since it was accepted, or its header was read
     */
    public void found(Detection detection, long durationNanos) {
        if (timings.isCollecting()) {
            found[detection.ordinal()]++;
        }
        durations.record(durationNanos);
    }

    /** The time to find out was over; what is taken for true then is {@link #found} as well. */
    public void timedOut() {
        if (timings.isCollecting()) {
            timeouts++;
        }
    }

    /** A source that has to begin with a PROXY header has done so, or not. */
    public void header(ProxyHeaderResult result) {
        if (timings.isCollecting()) {
            headers[result.ordinal()]++;
        }
    }

    EntranceCounts counts() {
        return new EntranceCounts(
                Arrays.stream(found).boxed().toList(),
                timeouts,
                Arrays.stream(headers).boxed().toList());
    }
}
