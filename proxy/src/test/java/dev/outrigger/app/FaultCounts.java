package dev.outrigger.app;

/**
 * What the sidecar has counted of one cell, by families that come from different places.
 *
 * @param exchanges {@code http_requests_total}
 * @param calls {@code mcp_tool_execution_total}
 * @param successes those of them that ended well
 * @param durations {@code mcp_query_duration_seconds}, over both upstreams
 */
record FaultCounts(long exchanges, long calls, long successes, long durations) {
    static FaultCounts of(FaultCell cell, String scrape) {
        String tool = label("tool_name", cell.name());
        return new FaultCounts(
                (long) Scrape.sum(scrape, "http_requests_total", label("endpoint", cell.name())),
                (long) Scrape.sum(scrape, "mcp_tool_execution_total", tool),
                (long) Scrape.sum(scrape, "mcp_tool_execution_total", tool, label("status", "success")),
                durations(scrape, cell.name()) + durations(scrape, cell.standby()));
    }

    private static long durations(String scrape, String server) {
        return (long) Scrape.sum(scrape, "mcp_query_duration_seconds_count", label("server", server));
    }

    private static String label(String name, String value) {
        return name + "=\"" + value + '"';
    }

    /** What was counted since. */
    FaultCounts since(FaultCounts before) {
        return new FaultCounts(
                exchanges - before.exchanges,
                calls - before.calls,
                successes - before.successes,
                durations - before.durations);
    }
}
