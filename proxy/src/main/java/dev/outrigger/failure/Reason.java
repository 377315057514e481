package dev.outrigger.failure;

/**
 * Why an exchange failed, in a closed set, so that it can be a metric label. Each reason belongs to one {@link Code} and
 * one {@link Outcome}.
 */
public enum Reason {
    CONNECT_REFUSED("connect_refused", Code.UPSTREAM_UNAVAILABLE, Outcome.ERROR),
    CONNECT_TIMEOUT("connect_timeout", Code.UPSTREAM_UNAVAILABLE, Outcome.ERROR),
    CONNECT_FAILED("connect_failed", Code.UPSTREAM_UNAVAILABLE, Outcome.ERROR),
    /** The upstream's name has not been found yet. */
    NO_ENDPOINT("no_endpoint", Code.UPSTREAM_UNAVAILABLE, Outcome.ERROR),
    /** The upstream said that it does not take the request, and has not acted on it. */
    STREAM_REFUSED("stream_refused", Code.UPSTREAM_UNAVAILABLE, Outcome.ERROR),
    /** The connection stands, but there was no agreement on TLS, or the certificate is not to be trusted. */
    TLS_FAILED("tls_failed", Code.UPSTREAM_UNAVAILABLE, Outcome.ERROR),
    /** The connection ended before the head of the answer. */
    CLOSED_BEFORE_RESPONSE("closed_before_response", Code.BROKEN_OFF, Outcome.ERROR),
    /** The connection ended inside the answer. */
    CLOSED_IN_RESPONSE("closed_in_response", Code.BROKEN_OFF, Outcome.ERROR),
    /** What the upstream sent is not HTTP, or contradicts itself. */
    INVALID_RESPONSE("invalid_response", Code.BROKEN_OFF, Outcome.ERROR),
    /** The answer ended properly, without the message that was asked for. */
    NO_RESPONSE("no_response", Code.BROKEN_OFF, Outcome.ERROR),
    /** The replica that holds the session is gone, or the session is somebody else's: the client has to open a new one. */
    SESSION_LOST("session_lost", Code.UPSTREAM_UNAVAILABLE, Outcome.ERROR),
    REQUEST_TIMEOUT("request_timeout", Code.TIMEOUT, Outcome.TIMEOUT),
    IDLE_TIMEOUT("idle_timeout", Code.TIMEOUT, Outcome.TIMEOUT),
    MAX_DURATION("max_duration", Code.TIMEOUT, Outcome.TIMEOUT),
    BREAKER_OPEN("breaker_open", Code.BREAKER_OPEN, Outcome.REJECTED),
    POOL_FULL("pool_full", Code.OVERLOADED, Outcome.REJECTED),
    POOL_WAIT("pool_wait_timeout", Code.OVERLOADED, Outcome.REJECTED),
    RATE_LIMITED("rate_limited", Code.RATE_LIMITED, Outcome.REJECTED),
    /** Too many calls are under way, and too many wait. */
    QUEUE_FULL("queue_full", Code.OVERLOADED, Outcome.REJECTED),
    /** Too many calls are under way, and none of them ended in time. */
    QUEUE_TIMEOUT("queue_timeout", Code.OVERLOADED, Outcome.REJECTED),
    /** The process has more than it can hold. */
    SHED("shed", Code.OVERLOADED, Outcome.REJECTED),
    DRAINING("draining", Code.OVERLOADED, Outcome.REJECTED),
    MALFORMED_REQUEST("malformed_request", Code.MALFORMED, Outcome.REJECTED),
    /** A header says something else of the message than its body. */
    HEADER_MISMATCH("header_mismatch", Code.MALFORMED, Outcome.REJECTED),
    /** The route forbids the tool. */
    TOOL_DENIED("tool_denied", Code.NOT_ALLOWED, Outcome.REJECTED),
    /** The message is too long for what has to be known of it. */
    REQUEST_TOO_LARGE("request_too_large", Code.TOO_LARGE, Outcome.REJECTED),
    /** The request's head did not arrive in time. */
    HEAD_TIMEOUT("request_head_timeout", Code.MALFORMED, Outcome.REJECTED),
    /** The request's body comes more slowly than it may. */
    SLOW_REQUEST("slow_request", Code.MALFORMED, Outcome.REJECTED),
    NO_ROUTE("no_route", Code.MALFORMED, Outcome.REJECTED),
    CLIENT_GONE("client_gone", Code.BROKEN_OFF, Outcome.CANCELLED),
    /** A defect of the proxy itself: the exchange is ended, the defect is logged. */
    INTERNAL("internal", Code.OVERLOADED, Outcome.ERROR);

    private final String label;
    private final Code code;
    private final Outcome outcome;

    Reason(String label, Code code, Outcome outcome) {
        this.label = label;
        this.code = code;
        this.outcome = outcome;
    }

    public String label() {
        return label;
    }

    public Code code() {
        return code;
    }

    public Outcome outcome() {
        return outcome;
    }

    /** Whether the upstream is to blame, as opposed to the client or the proxy. */
    public boolean blamesUpstream() {
        return (code == Code.UPSTREAM_UNAVAILABLE && this != SESSION_LOST)
                || code == Code.TIMEOUT
                || (code == Code.BROKEN_OFF && this != CLIENT_GONE);
    }
}
