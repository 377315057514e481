package dev.outrigger.record;

/** What a connection was found to speak. The label is the value of the {@code protocol} label. */
public enum Detection {
    HTTP1("http/1.1"),
    HTTP2("h2"),
    TLS("tls"),
    /** Anything else, also silence. */
    OPAQUE("opaque");

    private final String label;

    Detection(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
