package dev.outrigger.soak;

import dev.outrigger.json.JsonWriter;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** The report for programs. */
final class SoakJson {
    private final Findings findings;
    private final JsonWriter json = new JsonWriter();

    private SoakJson(Findings findings) {
        this.findings = findings;
    }

    static String of(Findings findings) {
        return new SoakJson(findings).write();
    }

    private String write() {
        json.beginObject().name("run").beginObject();
        findings.facts().forEach((name, value) -> json.name(name).value(value));
        json.endObject();
        json.name("fine").value(findings.isFine());
        json.name("problems").beginArray();
        findings.problems().forEach(json::value);
        json.endArray();
        json.name("calls").value(findings.tally().calls());
        json.name("connect_failures").value(findings.tally().connectFailures());
        json.name("stream_events").value(findings.tally().events());
        counts("outcomes", findings.tally().verdicts());
        counts("statuses", findings.tally().statuses());
        json.name("latency_us");
        latencies(findings.tally().latencies());
        kinds();
        faults();
        samples();
        checks();
        counts("retries", findings.scrape().by("reason", "upstream_retries_total"));
        return json.endObject() + "\n";
    }

    private void counts(String name, Map<String, Long> counts) {
        json.name(name).beginObject();
        counts.forEach((what, count) -> json.name(what).value(count));
        json.endObject();
    }

    private void latencies(Histogram of) {
        json.beginObject();
        json.name("p50").value(of.getValueAtPercentile(50));
        json.name("p90").value(of.getValueAtPercentile(90));
        json.name("p99").value(of.getValueAtPercentile(99));
        json.name("p99.9").value(of.getValueAtPercentile(99.9));
        json.name("max").value(of.getMaxValue());
        json.endObject();
    }

    private void kinds() {
        json.name("kinds").beginObject();
        for (CallKind kind : CallKind.values()) {
            json.name(kind.label()).beginObject();
            json.name("sent").value(findings.tally().sent(kind));
            json.name("deadline_us").value(kind.deadlineNanos() / 1_000);
            json.name("longest_wait_us").value(findings.tally().longestHeadNanos(kind) / 1_000);
            counts("outcomes", findings.tally().verdicts(kind));
            json.name("latency_us");
            latencies(findings.tally().latencies(kind));
            json.endObject();
        }
        json.endObject();
    }

    private void faults() {
        json.name("faults").beginArray();
        for (FaultRecord fault : findings.faults()) {
            json.beginObject();
            json.name("kind").value(fault.kind().label());
            json.name("calls").value(fault.calls());
            counts("failures", fault.failures());
            json.name("failing_ms").value(fault.failingNanos() / 1_000_000);
            json.name("recovery_ms").value(fault.recoveryNanos() / 1_000_000);
            json.endObject();
        }
        json.endArray();
    }

    private void samples() {
        json.name("samples").beginArray();
        for (Sample sample : findings.samples()) {
            json.beginObject();
            json.name("at_s").value(sample.atSeconds());
            json.name("rss_bytes").value(sample.residentBytes());
            json.name("direct_bytes").value(sample.directBytes());
            json.name("heap_bytes").value(sample.heapBytes());
            json.name("threads").value(sample.threads());
            json.name("open_files").value(sample.openFiles());
            json.name("client_connections").value(sample.clientConnections());
            json.name("exchanges").value(sample.exchanges());
            json.endObject();
        }
        json.endArray();
    }

    private void checks() {
        json.name("checks").beginArray();
        for (Check check : findings.checks()) {
            json.beginObject();
            json.name("what").value(check.what());
            json.name("clients").value(check.clients());
            json.name("sidecar").value(check.sidecar());
            json.endObject();
        }
        json.endArray();
    }
}
