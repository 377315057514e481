package dev.outrigger.record;

/**
 * What one loop refused and why its clients' connections ended, on one listener, since the start. Belongs to the loop; made by
 * {@link LoopMetrics#listener}.
 */
public final class ListenerRecorder {
    private final String listener;
    private final LastRefusals last;
    private final long[] refused = new long[RefusalReason.values().length];
    private final long[] closed = new long[CloseReason.values().length];

    ListenerRecorder(String listener, LastRefusals last) {
        this.listener = listener;
        this.last = last;
    }

    /** A request was refused before an exchange began. */
    public void refused(RefusedRequest request) {
        refused[request.reason().ordinal()]++;
        last.add(listener, request);
    }

    /** A connection has ended; each once. */
    public void closed(CloseReason reason) {
        closed[reason.ordinal()]++;
    }

    ListenerCounts counts() {
        return new ListenerCounts(refused.clone(), closed.clone());
    }
}
