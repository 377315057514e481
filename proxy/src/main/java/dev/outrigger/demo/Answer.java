package dev.outrigger.demo;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the outcome of one JSON-RPC request goes: an HTTP response of its own, or its place in a batch.
 *
 * <p>It ends exactly once: with an outcome, by cancellation, or because the client has gone. What comes after that is
 * ignored, so that a late timer does no harm.
 */
abstract class Answer {
    private final List<Runnable> endings = new ArrayList<>(3);
    private boolean ended;

    /** Sends the JSON-RPC response, a result or an error. */
    abstract void complete(Payload response);

    /** The same, as a broken server would: with HTTP status 500 where there is a status to set. */
    abstract void fail(Payload response);

    /** Ends without a response. */
    abstract void cancel();

    /** Begins to answer by a stream of events, if the client can read one. */
    void openStream() {}

    /** Sends a notification ahead of the response, if there is a stream to carry it. */
    void send(Payload notification) {}

    final boolean isEnded() {
        return ended;
    }

    /** Runs the action when this answer ends, at once if it has. */
    final void onEnd(Runnable action) {
        if (ended) {
            action.run();
        } else {
            endings.add(action);
        }
    }

    /** Marks the end. Called by subclasses when the last byte is handed over, and when the client has gone. */
    final void end() {
        if (!ended) {
            ended = true;
            endings.forEach(Runnable::run);
        }
    }
}
