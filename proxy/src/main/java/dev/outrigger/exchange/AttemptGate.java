package dev.outrigger.exchange;

import dev.outrigger.failure.Failure;
import io.netty.handler.codec.http.HttpResponse;

/**
 * Hears of an {@link Attempt} before its {@link AttemptListener} does, and says what that one gets to know of: several
 * attempts may be made for one listener, which is told of one answer or one failure.
 */
interface AttemptGate {
    /** Of an attempt that has no rivals any more: its listener hears everything. */
    AttemptGate NONE = new AttemptGate() {};

    /** The request is being sent. */
    default void onConnected(Attempt attempt) {}

    /** Whether news that are neither the head nor the end are for the listener. */
    default boolean isHeard(Attempt attempt) {
        return true;
    }

    /** @return whether the listener gets this answer; if not, the attempt is over */
    default boolean takesHead(Attempt attempt, HttpResponse response) {
        return true;
    }

    /** @return whether the listener is told */
    default boolean takesFailure(Attempt attempt, Failure failure) {
        return true;
    }
}
