package dev.outrigger.record;

import org.jspecify.annotations.Nullable;

/**
 * The JSON-RPC messages that one loop passed on to and from one upstream since the start, counted as they are seen. Elements
 * of a batch count one by one.
 *
 * <p>Plain fields: the loop alone writes, and {@link LoopMetrics#handOver} copies them on the same loop. They go on while
 * nothing is to be collected, so that counting stays one addition; what was added meanwhile is taken back afterwards.
 */
public final class MessageCounts {
    public long clientRequests;
    public long clientNotifications;
    /** Answers to the server's requests, errors among them. */
    public long clientResponses;

    public long serverRequests;
    public long serverNotifications;
    /** Results. */
    public long serverResponses;
    /** Responses that are JSON-RPC errors. */
    public long serverErrors;

    /** As they stood when collecting was switched off; null while it is on. */
    private @Nullable MessageCounts kept;

    MessageCounts(boolean collecting) {
        collecting(collecting);
    }

    void collecting(boolean wanted) {
        MessageCounts before = kept;
        if (wanted && before != null) {
            set(before);
            kept = null;
        } else if (!wanted && before == null) {
            kept = copy();
        }
    }

    MessageCounts copy() {
        MessageCounts copy = new MessageCounts(true);
        copy.set(kept == null ? this : kept);
        return copy;
    }

    private void set(MessageCounts counts) {
        clientRequests = counts.clientRequests;
        clientNotifications = counts.clientNotifications;
        clientResponses = counts.clientResponses;
        serverRequests = counts.serverRequests;
        serverNotifications = counts.serverNotifications;
        serverResponses = counts.serverResponses;
        serverErrors = counts.serverErrors;
    }
}
