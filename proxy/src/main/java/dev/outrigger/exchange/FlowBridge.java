package dev.outrigger.exchange;

import dev.outrigger.http.DownstreamStream;
import dev.outrigger.http.PendingBody;

/** Couples the pressure of the two connections while a request goes up: whoever takes no more stops the other from sending. */
final class FlowBridge {
    /** What is taken in of a body while its connection is not there yet. */
    static final long CONNECT_BUFFER_BYTES = 64 * 1024;

    private final DownstreamStream downstream;
    private final PendingBody pending;
    private final Attempt attempt;

    FlowBridge(DownstreamStream downstream, PendingBody pending, Attempt attempt) {
        this.downstream = downstream;
        this.pending = pending;
        this.attempt = attempt;
    }

    /** More of the request has come: the client has to wait if the upstream does not take it. */
    void onRequestGrows() {
        boolean full = attempt.isConnected() ? !attempt.isWritable() : pending.bytes() >= CONNECT_BUFFER_BYTES;
        if (full) {
            downstream.pauseReading();
        }
    }

    /** The upstream takes bytes again, or for the first time. */
    void onUpstreamWritable() {
        if (attempt.isWritable()) {
            downstream.resumeReading();
        }
    }

    /** The client takes bytes again, or has stopped to. @return whether it takes them */
    boolean onDownstreamChanged() {
        boolean takes = downstream.isWritable();
        if (takes) {
            attempt.resumeReading();
        } else {
            attempt.pauseReading();
        }
        return takes;
    }
}
