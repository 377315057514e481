package dev.outrigger.record;

import dev.outrigger.failure.Failure;

/** Why a request was sent once more, in a closed set, so that it can be a label. */
public enum RetryReason {
    /** There was no connection. */
    CONNECT("connect"),
    /** The connection ended before the request was on it. */
    UNSENT("unsent"),
    /** The upstream said that it had not acted on the request. */
    REFUSED_STREAM("refused_stream"),
    /** The connection ended before the head of the answer. */
    CLOSED("closed"),
    /** The answer was none. */
    INVALID_RESPONSE("invalid_response"),
    /** The answer had one of the statuses that settle nothing. */
    STATUS("status"),
    /** The attempt took longer than one may. */
    TRY_TIMEOUT("try_timeout"),
    /** The attempt takes longer than usual and goes on beside the other. */
    HEDGE("hedge"),
    /** Anything else. */
    OTHER("other");

    private final String label;

    RetryReason(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    /** Whether the upstream may have acted on the request that was sent once more. */
    public boolean maybeDone() {
        return switch (this) {
            case CONNECT, UNSENT, REFUSED_STREAM -> false;
            default -> true;
        };
    }

    /** Why a request is sent once more whose attempt failed. */
    public static RetryReason of(Failure failure) {
        return switch (failure.reason()) {
            case CONNECT_REFUSED, CONNECT_TIMEOUT, CONNECT_FAILED, TLS_FAILED -> CONNECT;
            case STREAM_REFUSED -> REFUSED_STREAM;
            case CLOSED_BEFORE_RESPONSE -> failure.isUnsent() ? UNSENT : CLOSED;
            case INVALID_RESPONSE -> INVALID_RESPONSE;
            default -> OTHER;
        };
    }
}
