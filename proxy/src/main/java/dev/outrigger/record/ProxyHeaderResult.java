package dev.outrigger.record;

/** What came of reading a connection's PROXY header. The label is the value of the {@code result} label. */
public enum ProxyHeaderResult {
    /** It told whose connection it is. */
    PROXIED("proxied"),
    /** The proxy that sent it speaks for itself, or does not know for whom. */
    LOCAL("local"),
    MALFORMED("malformed"),
    /** It did not come in time. */
    TIMEOUT("timeout");

    private final String label;

    ProxyHeaderResult(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
