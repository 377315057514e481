package dev.outrigger.record;

/**
 * One loop's HTTP/2 connections of clients of one listener, counted as they change.
 *
 * <p>Plain fields: the loop alone writes, and {@link LoopMetrics#handOver} copies them on the same loop.
 */
public final class Http2Counts {
    private static final Http2Flood[] KINDS = Http2Flood.values();

    /** Open connections. */
    public int connections;
    /** Streams that clients opened, since the start. */
    public long streams;

    private final long[] floods = new long[KINDS.length];

    /** A connection was ended because of a flood. */
    public void onFlood(Http2Flood kind) {
        floods[kind.ordinal()]++;
    }

    /** Connections ended because of a flood of this kind, since the start. */
    public long floods(Http2Flood kind) {
        return floods[kind.ordinal()];
    }

    Http2Counts copy() {
        return plus(new Http2Counts());
    }

    /** A new sum of both. */
    public Http2Counts plus(Http2Counts other) {
        Http2Counts sum = new Http2Counts();
        sum.connections = connections + other.connections;
        sum.streams = streams + other.streams;
        for (int i = 0; i < floods.length; i++) {
            sum.floods[i] = floods[i] + other.floods[i];
        }
        return sum;
    }
}
