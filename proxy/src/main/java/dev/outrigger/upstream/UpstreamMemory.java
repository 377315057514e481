package dev.outrigger.upstream;

import dev.outrigger.cache.Epochs;
import dev.outrigger.config.model.McpConfig;
import dev.outrigger.resilience.RetryBudget;
import dev.outrigger.time.NanoClock;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;

/**
 * What is learned of one upstream from its traffic, by all workers together.
 *
 * @param breakers of single tools
 * @param counts what has happened to its endpoints
 * @param retries bounds the requests that are sent to it once more
 * @param epochs what it has said of changes
 */
public record UpstreamMemory(
        SessionTable sessions,
        TaskTable tasks,
        ToolCatalog tools,
        ToolBreakers breakers,
        UpstreamCounts counts,
        RetryBudget retries,
        Epochs epochs) {
    /** Names beyond the labels are still worth knowing: what is in the list is no invention of a caller. */
    private static final int TOOLS_PER_LABEL = 2;

    /**
     * @param maintenance see {@link SessionTable}
     * @param onSessionEnd told how long each session lasted, in nanoseconds; called by any thread
     */
    public static UpstreamMemory of(
            McpConfig config, Executor maintenance, NanoClock clock, LongConsumer onSessionEnd, ToolBreakers breakers) {
        return new UpstreamMemory(
                new SessionTable(config.maxSessions(), config.sessionIdleTimeout(), maintenance, clock, onSessionEnd),
                new TaskTable(config.maxSessions(), config.sessionIdleTimeout(), maintenance, clock),
                new ToolCatalog(config.maxToolLabels() * TOOLS_PER_LABEL),
                breakers,
                new UpstreamCounts(),
                new RetryBudget(clock.nanoTime()),
                new Epochs());
    }

    /** Sets other bounds, in place: what is remembered stays, as far as it is within them. */
    public void reconfigure(McpConfig config) {
        sessions.bounds(config.maxSessions(), config.sessionIdleTimeout());
        tasks.bounds(config.maxSessions(), config.sessionIdleTimeout());
        tools.limit(config.maxToolLabels() * TOOLS_PER_LABEL);
    }

    /** Forgets what has expired. */
    public void sweep() {
        sessions.sweep();
        tasks.sweep();
    }

    /** Ends every session as soon as none of its calls is under way: the upstream is gone. */
    public void retire() {
        sessions.retire();
    }

    /** Ends all sessions. */
    public void close() {
        sessions.close();
    }
}
