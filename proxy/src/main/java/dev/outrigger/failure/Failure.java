package dev.outrigger.failure;

import org.jspecify.annotations.Nullable;

/**
 * One failure of an attempt or an exchange: why, whether the request may be replayed, and the cause for the log.
 *
 * <p>A value rather than an exception: on a busy sidecar in front of a dead upstream every request ends in one, and a stack
 * trace would tell nothing.
 *
 * @param detail a text for the operator and the client without internal addresses; empty when the reason says it all
 */
public record Failure(
        Reason reason,
        Replay replay,
        String detail,
        @Nullable Throwable cause) {

    public static Failure of(Reason reason) {
        return new Failure(reason, Replay.NEVER, "", null);
    }

    public static Failure of(Reason reason, String detail) {
        return new Failure(reason, Replay.NEVER, detail, null);
    }

    public static Failure of(Reason reason, Throwable cause) {
        return new Failure(reason, Replay.NEVER, "", cause);
    }

    /** A failure of which it is certain that no byte of the request left the proxy. */
    public static Failure unsent(Reason reason, @Nullable Throwable cause) {
        return new Failure(reason, Replay.UNSENT, "", cause);
    }

    /** A failure of which the upstream says that it has not acted on the request. */
    public static Failure refused(Reason reason) {
        return new Failure(reason, Replay.REFUSED, "", null);
    }
}
