package dev.outrigger.failure;

import org.jspecify.annotations.Nullable;

/**
 * One failure of an attempt or an exchange: why, whether the request may be replayed, and the cause for the log.
 *
 * <p>A value rather than an exception: on a busy sidecar in front of a dead upstream every request ends in one, and a stack
 * trace would tell nothing.
 *
 * @param detail a text for the operator and the client without internal addresses; empty when the reason says it all
 * @param retryAfterNanos after which trying again may help, by whoever refused; 0 where nothing is known
 */
public record Failure(
        Reason reason,
        Replay replay,
        String detail,
        @Nullable Throwable cause,
        long retryAfterNanos) {
    private static final long NANOS_PER_MILLI = 1_000_000;

    public static Failure of(Reason reason) {
        return new Failure(reason, Replay.NEVER, "", null, 0);
    }

    public static Failure of(Reason reason, String detail) {
        return new Failure(reason, Replay.NEVER, detail, null, 0);
    }

    public static Failure of(Reason reason, Throwable cause) {
        return new Failure(reason, Replay.NEVER, "", cause, 0);
    }

    /**
     * A refusal that says when it will be different.
     *
     * @param afterNanos from now
     */
    public static Failure retryLater(Reason reason, long afterNanos) {
        return new Failure(reason, Replay.NEVER, "", null, afterNanos);
    }

    /** The same in milliseconds, rounded up: whoever comes back a moment too early is refused again. -1 where nothing is known. */
    public long retryAfterMillis() {
        return retryAfterNanos <= 0 ? -1 : (retryAfterNanos - 1) / NANOS_PER_MILLI + 1;
    }

    /** A failure of which it is certain that no byte of the request left the proxy. */
    public static Failure unsent(Reason reason, @Nullable Throwable cause) {
        return new Failure(reason, Replay.UNSENT, "", cause, 0);
    }

    /** The same, with the certainty that the upstream has got nothing that it could act on. */
    public Failure asUnsent() {
        return new Failure(reason, Replay.UNSENT, detail, cause, retryAfterNanos);
    }

    /** Whether it is certain that the upstream has got nothing that it could act on. */
    public boolean isUnsent() {
        return replay == Replay.UNSENT;
    }

    /** A failure of which the upstream says that it has not acted on the request. */
    public static Failure refused(Reason reason) {
        return new Failure(reason, Replay.REFUSED, "", null, 0);
    }
}
