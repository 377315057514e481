package dev.outrigger.route;

/** What a route does differently for the tools of one pattern. */
public final class ToolPolicy {
    private final String pattern;
    private final long timeoutNanos;
    private final boolean deadLetter;

    ToolPolicy(String pattern, long timeoutNanos, boolean deadLetter) {
        this.pattern = pattern;
        this.timeoutNanos = timeoutNanos;
        this.deadLetter = deadLetter;
    }

    /** As the operator wrote it. */
    public String pattern() {
        return pattern;
    }

    /** Instead of {@link Route#timeoutNanos()}. */
    public long timeoutNanos() {
        return timeoutNanos;
    }

    /** Whether its calls are kept that no upstream has answered. */
    public boolean deadLetter() {
        return deadLetter;
    }

    @Override
    public String toString() {
        return pattern;
    }
}
