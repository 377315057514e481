package dev.outrigger.record;

/**
 * Why a request was refused before an exchange began, in a closed set, so that it can be a metric label. Each reason is
 * answered with one HTTP status.
 */
public enum RefusalReason {
    /** Not HTTP: bytes that the decoder can make nothing of, or that two readers could read differently. */
    SYNTAX("syntax", 400),
    /** The request line is longer than it may be. */
    LINE_TOO_LONG("line_too_long", 414),
    /** Too many header lines, or too long ones. */
    HEADERS_TOO_LARGE("headers_too_large", 431),
    /** A version that is neither HTTP/1.1 nor HTTP/1.0. */
    VERSION("version", 505),
    /** What says where the body ends is ambiguous: lengths that contradict each other, codings besides {@code chunked}. */
    FRAMING("framing", 400),
    /** No host, several, or one that the target contradicts. */
    HOST("host", 400),
    /** The target is none of the forms that its method takes, or has characters that no target has. */
    TARGET("target", 400),
    /** The path has an escape that is none, escapes a control character, or climbs above the root. */
    PATH("path", 400),
    /** The path escapes a slash, where the listener refuses that. */
    ESCAPED_SLASH("escaped_slash", 400),
    /** A header's name has an underscore, where the listener refuses that. */
    UNDERSCORE("underscore", 400),
    /** A method that this listener does not take. */
    METHOD("method", 405),
    /** An {@code Expect} that is not {@code 100-continue}. */
    EXPECTATION("expectation", 417),
    /** An HTTP/2 head that HTTP/2 forbids: pseudo headers missing, repeated or contradicting the others. */
    HTTP2_HEAD("http2_head", 400),
    /** The head did not arrive in time. */
    HEAD_TIMEOUT("head_timeout", 408),
    /** Plain HTTP where TLS is spoken. */
    PLAIN_HTTP("plain_http", 400);

    private final String label;
    private final int status;

    RefusalReason(String label, int status) {
        this.label = label;
        this.status = status;
    }

    /** Value of the {@code reason} label. */
    public String label() {
        return label;
    }

    /** HTTP status of the answer. */
    public int status() {
        return status;
    }
}
