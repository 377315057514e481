package dev.outrigger.record;

/** What the cache of its route was to an exchange. */
public enum CacheMark {
    /** It was not asked: nothing of the kind is kept. */
    NONE(""),
    /** The upstream was asked. */
    MISS("miss"),
    /** Answered with what was kept. */
    HIT("hit"),
    /** Answered with what the upstream said to somebody else who asked the same at the same time. */
    COALESCED("coalesced"),
    /** The upstream was asked in vain; answered with what it had said before. */
    STALE("stale");

    private final String label;

    CacheMark(String label) {
        this.label = label;
    }

    /** Empty for {@link #NONE}. */
    public String label() {
        return label;
    }
}
