package dev.outrigger.record;

/**
 * One loop's connections to one upstream, counted by the pools of that loop as they change.
 *
 * <p>Plain fields: the loop alone writes, and {@link LoopMetrics#handOver} copies them on the same loop.
 */
public final class UpstreamGauges {
    /** Open connections, idle ones included. */
    public int connections;
    /** Of these, the ones that rest unused. */
    public int idle;
    /** Exchanges that wait for a connection. */
    public int pending;
    /** Connects that succeeded, since the start. */
    public long connects;
    /** Connects that failed, since the start. */
    public long connectFailures;

    UpstreamGauges copy() {
        UpstreamGauges copy = new UpstreamGauges();
        copy.connections = connections;
        copy.idle = idle;
        copy.pending = pending;
        copy.connects = connects;
        copy.connectFailures = connectFailures;
        return copy;
    }
}
