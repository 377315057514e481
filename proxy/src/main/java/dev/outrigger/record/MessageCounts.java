package dev.outrigger.record;

/**
 * The JSON-RPC messages that one loop passed on to and from one upstream since the start, counted as they are seen. Elements
 * of a batch count one by one.
 *
 * <p>Plain fields: the loop alone writes, and {@link LoopMetrics#handOver} copies them on the same loop.
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

    MessageCounts copy() {
        MessageCounts copy = new MessageCounts();
        copy.clientRequests = clientRequests;
        copy.clientNotifications = clientNotifications;
        copy.clientResponses = clientResponses;
        copy.serverRequests = serverRequests;
        copy.serverNotifications = serverNotifications;
        copy.serverResponses = serverResponses;
        copy.serverErrors = serverErrors;
        return copy;
    }
}
