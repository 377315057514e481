package dev.outrigger.testing;

import dev.outrigger.config.model.McpConfig;
import dev.outrigger.time.NanoClock;
import dev.outrigger.upstream.ToolBreakers;
import dev.outrigger.upstream.UpstreamMemory;
import java.time.Duration;

/** What upstreams remember, in tests that are about something else: with room for all, and kept in bounds by its callers. */
public final class Memories {
    public static final McpConfig MCP =
            new McpConfig(1 << 20, 200, false, McpConfig.Refusal.JSON_RPC, Duration.ZERO, 1000, Duration.ofHours(1));

    private Memories() {}

    public static UpstreamMemory empty() {
        return empty(NanoClock.SYSTEM);
    }

    public static UpstreamMemory empty(NanoClock clock) {
        return UpstreamMemory.of(
                MCP,
                Runnable::run,
                clock,
                durationNanos -> {},
                new ToolBreakers("app", (breaker, from, to, why) -> {}));
    }
}
