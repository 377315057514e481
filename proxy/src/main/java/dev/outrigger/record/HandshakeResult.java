package dev.outrigger.record;

/** How a TLS handshake ended, in a closed set, so that it can be a metric label. */
public enum HandshakeResult {
    OK("ok"),
    /** It was not over in time. */
    TIMEOUT("timeout"),
    /** The peer has to show a certificate and did not. */
    NO_CERTIFICATE("no_certificate"),
    /** A certificate that is not fit for its use, or whose signature is wrong. */
    BAD_CERTIFICATE("bad_certificate"),
    /** A certificate before or after its time. */
    EXPIRED("expired"),
    /** A certificate that leads to nobody who is trusted. */
    UNKNOWN_CA("unknown_ca"),
    /** A certificate of somebody else than who was asked for. */
    NAME_MISMATCH("name_mismatch"),
    /** No common version, or bytes that are no TLS. */
    PROTOCOL("protocol"),
    /** No common cipher suite. */
    NO_CIPHER("no_cipher"),
    /** A client that speaks HTTP without TLS. */
    PLAIN_HTTP("plain_http"),
    /** The peer closed the connection in between. */
    CLOSED("closed"),
    OTHER("other");

    private final String label;

    HandshakeResult(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
