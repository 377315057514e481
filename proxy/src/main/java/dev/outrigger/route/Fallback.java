package dev.outrigger.route;

import dev.outrigger.config.model.FallbackConfig;
import dev.outrigger.failure.Reason;
import java.nio.charset.StandardCharsets;

/** What the client gets for a tool call that the upstream has failed. Immutable. */
public final class Fallback {
    private final byte[] result;
    private final ToolPattern[] tools;

    Fallback(FallbackConfig config) {
        this.result = config.body().getBytes(StandardCharsets.UTF_8);
        this.tools = config.tools().stream().map(ToolPattern::new).toArray(ToolPattern[]::new);
    }

    /** The result of the call, one JSON object; not to be changed. */
    public byte[] result() {
        return result;
    }

    /**
     * Whether it is for a tool.
     *
     * @param name begins with its name in UTF-8
     * @param length bytes of the name
     */
    public boolean isFor(byte[] name, int length) {
        for (ToolPattern tool : tools) {
            if (tool.matches(name, length)) {
                return true;
            }
        }
        return false;
    }

    /** Whether it stands in for this: for an upstream that can not be reached or does not answer, never for a refusal. */
    public static boolean covers(Reason reason) {
        return switch (reason) {
            case BREAKER_OPEN, POOL_FULL, POOL_WAIT -> true;
            default -> reason.blamesUpstream();
        };
    }
}
