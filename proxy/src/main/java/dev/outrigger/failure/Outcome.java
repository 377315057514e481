package dev.outrigger.failure;

/** How an exchange ended, told apart from its HTTP status. The label is the value of the {@code status} label. */
public enum Outcome {
    SUCCESS("success"),
    /** The upstream answered with an error, or broke off. */
    ERROR("error"),
    /** A deadline of the proxy passed. */
    TIMEOUT("timeout"),
    /** The proxy refused before anything reached the upstream. */
    REJECTED("rejected"),
    /** The client left first. */
    CANCELLED("cancelled");

    private final String label;

    Outcome(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
