package dev.outrigger.record;

/** What a client can send so much of over HTTP/2 that it keeps the proxy busy at no cost of its own. */
public enum Http2Flood {
    /** It opens streams and resets them at once. */
    RESETS("resets"),
    /** It breaks the rules of a stream so that the proxy has to reset it. */
    PROVOKED_RESETS("provoked_resets"),
    PINGS("pings"),
    SETTINGS("settings"),
    /** A head in ever more pieces. */
    CONTINUATIONS("continuations"),
    /** DATA without any. */
    EMPTY_DATA("empty_data"),
    /** It asks for frames that it does not read. */
    UNREAD_ANSWERS("unread_answers");

    private final String label;

    Http2Flood(String label) {
        this.label = label;
    }

    /** Value of the label {@code kind}. */
    public String label() {
        return label;
    }
}
