package dev.outrigger.record;

/** What an exchange was to its upstream's circuit breaker. */
public enum BreakerMark {
    /** It never asked, or its end says nothing about the upstream (the client left). */
    NONE("none"),
    SUCCESS("success"),
    FAILURE("failure"),
    REJECTED("rejected");

    private final String label;

    BreakerMark(String label) {
        this.label = label;
    }

    /** Value of the {@code outcome} label, and of the attribute of spans. */
    public String label() {
        return label;
    }
}
