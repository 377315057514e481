package dev.outrigger.app;

import dev.outrigger.admin.LiveGuards;
import dev.outrigger.admin.MetricsGuards;
import dev.outrigger.admin.OpsGuard;
import dev.outrigger.admin.OpsReply;
import dev.outrigger.admin.PoolGauges.PoolGauge;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.record.ToolNames;
import dev.outrigger.telemetry.HistogramSampler;
import dev.outrigger.telemetry.MetricsExposition;
import dev.outrigger.telemetry.MetricsSnapshot.PoolTotals;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;

/** The recorders of all workers on their way to {@code /metrics}, and who may read it. */
final class Metrics implements Reloadable {
    private static final Logger LOG = System.getLogger(Metrics.class.getName());

    private final ScheduledExecutorService control;
    private final HistogramSampler sampler;
    private final MetricsExposition exposition;
    private final ToolNames toolNames;
    private final LiveGuards guard = new LiveGuards(List.of());

    Metrics(
            ScheduledExecutorService control,
            HistogramSampler sampler,
            MetricsExposition exposition,
            ToolNames toolNames) {
        this.control = control;
        this.sampler = sampler;
        this.exposition = exposition;
        this.toolNames = toolNames;
    }

    @Override
    public Prepared prepare(ProxyConfig next) throws IOException {
        List<OpsGuard> guards = MetricsGuards.of(next.telemetry().prometheus());
        return Prepared.of(() -> {
            guard.replace(guards);
            sampler.window(next.telemetry().prometheus().quantileWindow());
            toolNames.limit(next.mcp().maxToolLabels());
        });
    }

    /** Begins what works by the clock. */
    void start() {
        sampler.start();
    }

    /** Asks for the token, if the configuration has one. */
    OpsGuard guard() {
        return guard;
    }

    CompletionStage<OpsReply> render(String accept) {
        return exposition.scrape(accept).thenApply(page -> OpsReply.of(200, page.contentType(), page.body()));
    }

    /** A session has ended, on any thread. */
    void onSessionEnd(long durationNanos) {
        try {
            control.execute(() -> sampler.sessionDurations().accept(durationNanos));
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "a session ended after the last scrape", e);
        }
    }

    /** As of the last collection. */
    Optional<PoolGauge> poolGauge(String upstream) {
        PoolTotals totals = sampler.latest().pools().get(upstream);
        return totals == null ? Optional.empty() : Optional.of(new PoolGauge(totals.connections(), totals.pending()));
    }

    /** When the last scrape was answered. */
    Optional<Instant> lastScrape() {
        return exposition.lastScrape();
    }

    void close() {
        sampler.close();
    }
}
