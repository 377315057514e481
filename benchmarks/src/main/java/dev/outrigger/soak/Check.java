package dev.outrigger.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Something that clients and the sidecar have counted each for itself.
 *
 * @param clients what clients have counted
 * @param sidecar what the sidecar has
 */
record Check(String what, long clients, long sidecar) {
    /** Everything that both have counted, once nothing is under way any more. */
    static List<Check> of(Tally tally, Scrape scrape) {
        List<Check> checks = new ArrayList<>();
        Map<String, Long> statuses = scrape.by("status", "http_requests_total");
        TreeSet<String> all = new TreeSet<>(statuses.keySet());
        all.addAll(tally.statuses().keySet());
        for (String status : all) {
            checks.add(new Check(
                    "answers of status " + status,
                    tally.statuses().getOrDefault(status, 0L),
                    statuses.getOrDefault(status, 0L)));
        }
        for (CallKind kind : CallKind.MIXED) {
            if (!kind.tool().isEmpty()) {
                String label = "tool_name=\"" + kind.tool() + "\"";
                checks.add(new Check(
                        "calls of " + kind.tool(), tally.sent(kind), scrape.sum("mcp_tool_execution_total", label)));
                checks.add(new Check(
                        "of these well answered",
                        tally.ended(kind, Verdict.OK),
                        scrape.sum("mcp_tool_execution_total", label, "status=\"success\"")));
            }
        }
        checks.add(new Check(
                "refused by the rate limit",
                tally.ended(CallKind.LIMITED, Verdict.RATE_LIMITED),
                scrape.sum("rate_limit_rejected_total")));
        checks.add(new Check("answered from the cache", tally.cached(), scrape.sum("mcp_cache_hits_total")));
        checks.add(new Check("exchanges under way at the end", 0, scrape.sum("outrigger_exchanges_active")));
        checks.add(new Check("streams open at the end", 0, scrape.sum("mcp_streams_active")));
        checks.add(new Check("calls that hold a place at the end", 0, scrape.sum("outrigger_concurrency_used")));
        checks.add(
                new Check("connections in use at the end", 0, scrape.sum("upstream_connections", "state=\"active\"")));
        return checks;
    }

    boolean agrees() {
        return clients == sidecar;
    }
}
