package dev.outrigger.record;

/** One loop's streams, or tunnels, of one kind at one upstream. Belongs to the loop. */
public final class StreamRecorder {
    private final Timings timings;
    private final Timing durations;
    private final Timing firstEvents;
    private int active;
    private long begun;
    private long events;

    StreamRecorder(StreamKey key, Timings timings) {
        this.timings = timings;
        this.durations = timings.of(new TimingKey(TimingKey.Measure.STREAM, key.upstream(), key.kind()));
        this.firstEvents = timings.of(new TimingKey(TimingKey.Measure.FIRST_EVENT, key.upstream(), key.kind()));
    }

    /** A stream has begun: its head arrived. Each is to be {@link #closed} once. */
    public void opened() {
        active++;
        if (timings.isCollecting()) {
            begun++;
        }
    }

    /** An event passed. */
    public void event() {
        if (timings.isCollecting()) {
            events++;
        }
    }

    /**
     * The first event of a stream passed; {@link #event} counts it.
     *
     * @param nanosSinceRequestStart since the first byte of the request's head
     */
    public void firstEvent(long nanosSinceRequestStart) {
        firstEvents.record(nanosSinceRequestStart);
    }

    /** A stream has ended, however it did. */
    public void closed(long durationNanos) {
        active--;
        durations.record(durationNanos);
    }

    StreamGauges gauges() {
        return new StreamGauges(active, begun, events);
    }
}
