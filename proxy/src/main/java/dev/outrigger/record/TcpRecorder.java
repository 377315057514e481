package dev.outrigger.record;

import dev.outrigger.failure.Outcome;
import java.util.Arrays;

/** One loop's opaque connections that came by one listener and went to one upstream. Belongs to the loop. */
public final class TcpRecorder {
    private final Timings timings;
    private final Timing durations;
    private final long[] ended = new long[Outcome.values().length];
    private int active;
    private long clientBytes;
    private long serverBytes;

    TcpRecorder(TcpKey key, Timings timings) {
        this.timings = timings;
        this.durations = timings.of(new TimingKey(TimingKey.Measure.TCP, key.upstream(), StreamKind.NONE));
    }

    /** A client's connection is to be relayed. Each is to be {@link #closed} once. */
    public void opened() {
        active++;
    }

    /** Bytes came from the client. They count as they pass: a connection may last for days. */
    public void fromClient(int bytes) {
        if (timings.isCollecting()) {
            clientBytes += bytes;
        }
    }

    /** Bytes came from the upstream. */
    public void fromServer(int bytes) {
        if (timings.isCollecting()) {
            serverBytes += bytes;
        }
    }

    /** A connection has ended, however it did. */
    public void closed(Outcome outcome, long durationNanos) {
        active--;
        if (timings.isCollecting()) {
            ended[outcome.ordinal()]++;
        }
        durations.record(durationNanos);
    }

    TcpCounts counts() {
        return new TcpCounts(active, Arrays.stream(ended).boxed().toList(), clientBytes, serverBytes);
    }
}
