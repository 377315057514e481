package dev.outrigger.record;

import dev.outrigger.failure.Outcome;

/**
 * How a gRPC call ended, as its server says in a trailer; HTTP's own status is 200 whatever happens. Numbered as gRPC does
 * (statuscodes.md): the ordinal is the code.
 */
public enum GrpcStatus {
    OK,
    CANCELLED,
    UNKNOWN,
    INVALID_ARGUMENT,
    DEADLINE_EXCEEDED,
    NOT_FOUND,
    ALREADY_EXISTS,
    PERMISSION_DENIED,
    RESOURCE_EXHAUSTED,
    FAILED_PRECONDITION,
    ABORTED,
    OUT_OF_RANGE,
    UNIMPLEMENTED,
    INTERNAL,
    UNAVAILABLE,
    DATA_LOSS,
    UNAUTHENTICATED;

    private static final GrpcStatus[] ALL = values();

    private final String label = Integer.toString(ordinal());

    /** How many there are. */
    public static int count() {
        return ALL.length;
    }

    /** @param code from 0, less than {@link #count()} */
    public static GrpcStatus of(int code) {
        return ALL[code];
    }

    /** The value of {@code grpc-status}; a code that nobody knows is {@link #UNKNOWN}. */
    public static GrpcStatus parse(String text) {
        for (GrpcStatus status : ALL) {
            if (status.label.equals(text)) {
                return status;
            }
        }
        return UNKNOWN;
    }

    /**
     * What an answer without {@code grpc-status} means, after http-grpc-status-mapping.md of gRPC.
     *
     * @param httpStatus of its head
     */
    public static GrpcStatus ofHttp(int httpStatus) {
        return switch (httpStatus) {
            case 400 -> INTERNAL;
            case 401 -> UNAUTHENTICATED;
            case 403 -> PERMISSION_DENIED;
            case 404 -> UNIMPLEMENTED;
            case 429, 502, 503, 504 -> UNAVAILABLE;
            default -> UNKNOWN;
        };
    }

    /** The code as text, a bounded label. */
    public String label() {
        return label;
    }

    public Outcome outcome() {
        return switch (this) {
            case OK -> Outcome.SUCCESS;
            case CANCELLED -> Outcome.CANCELLED;
            case DEADLINE_EXCEEDED -> Outcome.TIMEOUT;
            default -> Outcome.ERROR;
        };
    }

    /** Whether it tells that the server is in trouble, and not that the request was wrong. */
    public boolean blamesUpstream() {
        return switch (this) {
            case UNKNOWN, DEADLINE_EXCEEDED, INTERNAL, UNAVAILABLE, DATA_LOSS -> true;
            default -> false;
        };
    }
}
