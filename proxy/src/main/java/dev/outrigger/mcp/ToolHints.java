package dev.outrigger.mcp;

/**
 * The {@code annotations} of a tool as bits of an int.
 *
 * <p>The lower four are what holds, the defaults of the specification included: a tool that says nothing is destructive and
 * open to the world, neither read-only nor idempotent. The upper four tell whether the tool said so itself.
 */
public final class ToolHints {
    /** {@code readOnlyHint}: changes nothing. Default false. */
    public static final int READ_ONLY = 1;
    /** {@code destructiveHint}: may destroy something, if not read-only. Default true. */
    public static final int DESTRUCTIVE = 1 << 1;
    /** {@code idempotentHint}: a second call with the same arguments changes nothing more. Default false. */
    public static final int IDEMPOTENT = 1 << 2;
    /** {@code openWorldHint}: deals with systems outside. Default true. */
    public static final int OPEN_WORLD = 1 << 3;

    public static final int READ_ONLY_STATED = READ_ONLY << 4;
    public static final int DESTRUCTIVE_STATED = DESTRUCTIVE << 4;
    public static final int IDEMPOTENT_STATED = IDEMPOTENT << 4;
    public static final int OPEN_WORLD_STATED = OPEN_WORLD << 4;

    /** Of a tool that says nothing. */
    public static final int DEFAULTS = DESTRUCTIVE | OPEN_WORLD;

    private ToolHints() {}

    /**
     * The first statement counts.
     *
     * @param hint one of the lower four
     * @return the hints with that one stated
     */
    static int state(int hints, int hint, boolean value) {
        int stated = hint << 4;
        if ((hints & stated) != 0) {
            return hints;
        }
        return (value ? hints | hint : hints & ~hint) | stated;
    }
}
