package dev.outrigger.record;

/**
 * One loop's {@link ListenerRecorder} as it stood at a hand-over.
 *
 * @param refused requests by the ordinal of their {@link RefusalReason}; never changed
 * @param closed connections by the ordinal of their {@link CloseReason}; never changed
 */
@SuppressWarnings("ArrayRecordComponent")
public record ListenerCounts(long[] refused, long[] closed) {
    /** Requests refused for that reason. */
    public long refused(RefusalReason reason) {
        return refused[reason.ordinal()];
    }

    /** Connections that ended for that reason. */
    public long closed(CloseReason reason) {
        return closed[reason.ordinal()];
    }
}
