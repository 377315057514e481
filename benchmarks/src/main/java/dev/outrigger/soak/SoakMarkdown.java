package dev.outrigger.soak;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** The report for people. */
final class SoakMarkdown {
    private final Findings findings;
    private final StringBuilder text = new StringBuilder();

    private SoakMarkdown(Findings findings) {
        this.findings = findings;
    }

    static String of(Findings findings) {
        return new SoakMarkdown(findings).write();
    }

    private String write() {
        line("# Soak");
        line("");
        findings.facts().forEach((name, value) -> line("- " + name + ": " + value));
        line("");
        line(findings.isFine() ? "**Fine**: nobody was left hanging, and all counts agree." : "**Failed**:");
        findings.problems().forEach(problem -> line("- " + problem));
        outcomes();
        waits();
        faults();
        samples();
        checks();
        return text.toString();
    }

    private void outcomes() {
        Tally tally = findings.tally();
        long calls = tally.calls();
        section("Outcomes", "outcome | calls | share", "--- | ---: | ---:");
        tally.verdicts()
                .forEach((verdict, count) ->
                        row(verdict, Long.toString(count), format("%.3f %%", 100.0 * count / Math.max(1, calls))));
        row("all", Long.toString(calls), "");
        line("");
        line(
                "*rpc* is a JSON-RPC error with its code, *http* an answer of that status; 10004 is the rate limit, which is there"
                        + " to be met, and 404 a session whose replica is gone. Connects that failed: "
                        + tally.connectFailures()
                        + ". Events of streams listened to: " + tally.events() + ". Requests sent once more: "
                        + counts(findings.scrape().by("reason", "upstream_retries_total")) + ".");
    }

    private void waits() {
        section(
                "Waits, ms",
                "call | sent | p50 | p90 | p99 | p99.9 | max | longest for a head | deadline",
                "--- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---:");
        for (CallKind kind : CallKind.values()) {
            Histogram of = findings.tally().latencies(kind);
            row(
                    kind.label(),
                    Long.toString(findings.tally().sent(kind)),
                    percentile(of, 50),
                    percentile(of, 90),
                    percentile(of, 99),
                    percentile(of, 99.9),
                    percentile(of, 100),
                    millis(findings.tally().longestHeadNanos(kind)),
                    millis(kind.deadlineNanos()));
        }
        line("");
        line("Percentiles are of calls that went well, to the end of the answer; the longest wait is of all.");
    }

    private void faults() {
        section(
                "Faults",
                "fault | calls | failed | failures | last after its begin, s | last after its end, s",
                "--- | ---: | ---: | --- | ---: | ---:");
        for (FaultRecord fault : findings.faults()) {
            row(
                    fault.kind().label(),
                    Long.toString(fault.calls()),
                    Long.toString(fault.failed()),
                    counts(fault.failures()),
                    format("%.1f", fault.failingNanos() / 1e9),
                    format("%.1f", fault.recoveryNanos() / 1e9));
        }
        Map<FaultKind, Long> worst = new TreeMap<>();
        Map<FaultKind, Long> failed = new TreeMap<>();
        findings.faults().forEach(fault -> {
            worst.merge(fault.kind(), fault.recoveryNanos(), Math::max);
            failed.merge(fault.kind(), fault.failed(), Long::sum);
        });
        section("By kind of fault", "fault | what | failed | longest recovery, s", "--- | --- | ---: | ---:");
        worst.forEach((kind, nanos) -> row(
                kind.label(),
                kind.description(),
                Long.toString(failed.getOrDefault(kind, 0L)),
                format("%.1f", nanos / 1e9)));
        line("");
        line(
                "A failure counts for the latest fault. Recovery is the time from the end of a fault to the last call that failed.");
    }

    private void samples() {
        section(
                "The sidecar",
                "at, s | RSS, MB | direct, MB | heap, MB | threads | files | connections | exchanges",
                "---: | ---: | ---: | ---: | ---: | ---: | ---: | ---:");
        for (Sample sample : findings.threeSamples()) {
            row(
                    Long.toString(sample.atSeconds()),
                    megabytes(sample.residentBytes()),
                    megabytes(sample.directBytes()),
                    megabytes(sample.heapBytes()),
                    Long.toString(sample.threads()),
                    Long.toString(sample.openFiles()),
                    Long.toString(sample.clientConnections()),
                    Long.toString(sample.exchanges()));
        }
        line("");
        line("At the start of the load, in the middle, and at the end when the clients have left. Millions of bytes.");
    }

    private void checks() {
        section("Counts", "what | clients | sidecar | ", "--- | ---: | ---: | ---");
        for (Check check : findings.checks()) {
            row(
                    check.what(),
                    Long.toString(check.clients()),
                    Long.toString(check.sidecar()),
                    check.agrees() ? "" : "**differs**");
        }
    }

    private void section(String title, String header, String rule) {
        line("");
        line("## " + title);
        line("");
        line("| " + header + " |");
        line("| " + rule + " |");
    }

    private void row(String... cells) {
        line("| " + String.join(" | ", cells) + " |");
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    private static String counts(Map<String, Long> counts) {
        return counts.isEmpty()
                ? "none"
                : counts.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", "));
    }

    private static String percentile(Histogram of, double percentile) {
        return of.getTotalCount() == 0 ? "" : format("%.1f", of.getValueAtPercentile(percentile) / 1e3);
    }

    private static String millis(long nanos) {
        return Long.toString(nanos / 1_000_000);
    }

    private static String megabytes(long bytes) {
        return format("%.1f", bytes / 1e6);
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
