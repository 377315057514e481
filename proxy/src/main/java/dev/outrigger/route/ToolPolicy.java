package dev.outrigger.route;

/** What a route does differently for the tools of one pattern. */
public final class ToolPolicy {
    private final String pattern;
    private final long timeoutNanos;

    ToolPolicy(String pattern, long timeoutNanos) {
        this.pattern = pattern;
        this.timeoutNanos = timeoutNanos;
    }

    /** As the operator wrote it. */
    public String pattern() {
        return pattern;
    }

    /** Instead of {@link Route#timeoutNanos()}. */
    public long timeoutNanos() {
        return timeoutNanos;
    }

    @Override
    public String toString() {
        return pattern;
    }
}
