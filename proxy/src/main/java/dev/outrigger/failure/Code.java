package dev.outrigger.failure;

/**
 * The proxy's own error codes, stable for clients: a JSON-RPC code outside the range that JSON-RPC reserves, and the HTTP
 * status of the same refusal for a request that is not MCP.
 */
public enum Code {
    UPSTREAM_UNAVAILABLE(10001, 502, "upstream unavailable"),
    BREAKER_OPEN(10002, 503, "circuit breaker open"),
    TIMEOUT(10003, 504, "timeout"),
    RATE_LIMITED(10004, 429, "rate limited"),
    OVERLOADED(10005, 503, "overloaded"),
    NOT_ALLOWED(10006, 403, "not allowed"),
    TOO_LARGE(10007, 413, "request too large"),
    MALFORMED(10008, 400, "malformed request"),
    BROKEN_OFF(10009, 502, "upstream broke off");

    private final int jsonRpcCode;
    private final int httpStatus;
    private final String message;

    Code(int jsonRpcCode, int httpStatus, String message) {
        this.jsonRpcCode = jsonRpcCode;
        this.httpStatus = httpStatus;
        this.message = message;
    }

    public int jsonRpcCode() {
        return jsonRpcCode;
    }

    public int httpStatus() {
        return httpStatus;
    }

    /** A short phrase for {@code error.message}. */
    public String message() {
        return message;
    }
}
