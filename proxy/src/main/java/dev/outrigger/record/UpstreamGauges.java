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
    /** Requests sent once more by {@link RetryReason}, since the start. */
    public final long[] retries = new long[RetryReason.values().length];
    /** Requests not sent once more because too many were, since the start. */
    public long retryBudgetExhausted;
    /** Answers that came from the second of two attempts under way, since the start. */
    public long hedgesWon;
    /** Calls kept to be made later, since the start. */
    public long deadLetters;
    /** Calls that got a static answer because the upstream failed them, since the start. */
    public long fallbacks;
    /** Ends of gRPC calls by code, since the start. */
    public final long[] grpcResponses = new long[GrpcStatus.count()];

    UpstreamGauges copy() {
        UpstreamGauges copy = new UpstreamGauges();
        copy.connections = connections;
        copy.idle = idle;
        copy.pending = pending;
        copy.connects = connects;
        copy.connectFailures = connectFailures;
        System.arraycopy(retries, 0, copy.retries, 0, retries.length);
        copy.retryBudgetExhausted = retryBudgetExhausted;
        copy.hedgesWon = hedgesWon;
        copy.deadLetters = deadLetters;
        copy.fallbacks = fallbacks;
        System.arraycopy(grpcResponses, 0, copy.grpcResponses, 0, grpcResponses.length);
        return copy;
    }
}
