package dev.outrigger.app;

import dev.outrigger.admin.OpsReply;
import dev.outrigger.admin.PoolGauges.PoolGauge;
import dev.outrigger.admin.TelemetryHealth;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.config.model.TelemetryConfig;
import dev.outrigger.record.ExchangeObserver;
import dev.outrigger.record.ToolNames;
import dev.outrigger.runtime.Snapshot;
import dev.outrigger.runtime.Worker;
import dev.outrigger.telemetry.AccessLogObserver;
import dev.outrigger.telemetry.AccessLogWriter;
import dev.outrigger.telemetry.HistogramSampler;
import dev.outrigger.telemetry.MetricsExposition;
import dev.outrigger.telemetry.MetricsSnapshot.PoolTotals;
import dev.outrigger.telemetry.PrometheusCollector;
import dev.outrigger.telemetry.SpanObserver;
import dev.outrigger.telemetry.WallClock;
import dev.outrigger.time.NanoClock;
import dev.outrigger.upstream.Upstream;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Everything that watches, as far as the configuration asks for it, and its orderly end. */
final class TelemetryParts {
    private static final Logger LOG = System.getLogger(TelemetryParts.class.getName());
    /** How often the monotonic clock is set against the time of day, which others may correct. */
    private static final long ANCHOR_SECONDS = 60;

    private final WallClock wall;
    private final ScheduledExecutorService control;
    private final HistogramSampler sampler;
    private final MetricsExposition exposition;
    private final LongSupplier droppedLogLines;
    private final ToolNames toolNames;
    private @Nullable AccessLogWriter accessLog;
    private @Nullable SpanObserver spans;

    /** @throws IOException if the access log can not be opened */
    TelemetryParts(
            ProxyConfig config,
            BuildInfo build,
            ScheduledExecutorService control,
            List<Worker> workers,
            ToolNames toolNames,
            Snapshot snapshot,
            NanoClock clock,
            long startNanos,
            LongSupplier droppedLogLines)
            throws IOException {
        this.toolNames = toolNames;
        this.droppedLogLines = droppedLogLines;
        TelemetryConfig telemetry = config.telemetry();
        this.wall = new WallClock(clock, Clock.systemUTC());
        openObservers(config, build, telemetry);
        this.control = control;
        this.sampler = new HistogramSampler(
                control,
                workers.stream()
                        .map(worker -> new HistogramSampler.Source(worker.loop(), worker.metrics()))
                        .toList(),
                telemetry.prometheus().quantileWindow(),
                clock,
                wall);
        PrometheusCollector collector = new PrometheusCollector(new PrometheusCollector.Sources(
                snapshot::upstreams,
                () -> snapshot.upstreams().stream().map(Upstream::breaker).toList(),
                () -> snapshot.upstreams().stream()
                        .mapToLong(upstream -> upstream.sessions().size())
                        .sum(),
                drops(),
                TelemetryParts::directMemoryBytes,
                new PrometheusCollector.Build(
                        build.version(), build.commit(), System.getProperty("java.version", "unknown")),
                clock,
                startNanos));
        this.exposition = new MetricsExposition(sampler, collector, wall);
    }

    private void openObservers(ProxyConfig config, BuildInfo build, TelemetryConfig telemetry) throws IOException {
        if (!telemetry.accessLog().path().isEmpty()) {
            accessLog = AccessLogWriter.open(telemetry.accessLog().path(), wall);
        }
        if (telemetry.tracing().enabled() && !telemetry.tracing().otlpEndpoint().isEmpty()) {
            spans = SpanObserver.open(telemetry.tracing(), config.serviceName(), build.version(), wall);
        }
    }

    private static long directMemoryBytes() {
        return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider allocator
                ? allocator.metric().usedDirectMemory()
                : 0;
    }

    /** Begins what works by the clock. */
    void start() {
        sampler.start();
        control.scheduleAtFixedRate(wall::anchor, ANCHOR_SECONDS, ANCHOR_SECONDS, TimeUnit.SECONDS);
    }

    /** What is told of every exchange besides the recorders of its worker. */
    List<ExchangeObserver> observers() {
        List<ExchangeObserver> observers = new ArrayList<>();
        if (spans != null) {
            observers.add(spans);
        }
        if (accessLog != null) {
            observers.add(new AccessLogObserver(accessLog));
        }
        return observers;
    }

    /** A session has ended, on any thread. */
    void onSessionEnd(long durationNanos) {
        try {
            control.execute(() -> sampler.sessionDurations().accept(durationNanos));
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "a session ended after the last scrape", e);
        }
    }

    CompletionStage<OpsReply> renderMetrics(String accept) {
        return exposition.scrape(accept).thenApply(page -> OpsReply.of(200, page.contentType(), page.body()));
    }

    /** As of the last collection. */
    Optional<PoolGauge> poolGauge(String upstream) {
        PoolTotals totals = sampler.latest().pools().get(upstream);
        return totals == null ? Optional.empty() : Optional.of(new PoolGauge(totals.connections(), totals.pending()));
    }

    TelemetryHealth health() {
        Map<String, Long> dropped = new HashMap<>();
        drops().forEach((kind, count) -> dropped.put(kind, count.getAsLong()));
        Map<String, Long> waiting = new HashMap<>();
        Map<String, Instant> last = new HashMap<>();
        exposition.lastScrape().ifPresent(at -> last.put("scrape", at));
        if (accessLog != null) {
            waiting.put("access_log", (long) accessLog.waiting());
        }
        if (spans != null) {
            waiting.put("spans", (long) spans.waiting());
            spans.lastExport().ifPresent(at -> last.put("export", at));
        }
        return new TelemetryHealth(dropped, waiting, last);
    }

    private Map<String, LongSupplier> drops() {
        Map<String, LongSupplier> drops = new HashMap<>();
        drops.put("log", droppedLogLines);
        drops.put("tool_labels", toolNames::folded);
        if (accessLog != null) {
            drops.put("access_log", accessLog::dropped);
        }
        if (spans != null) {
            SpanObserver observer = spans;
            drops.put("spans", () -> observer.dropped() + observer.failed());
        }
        return drops;
    }

    /** Writes and exports what waits, within the limits of each part. */
    void close() {
        sampler.close();
        if (accessLog != null) {
            accessLog.close();
        }
        if (spans != null) {
            spans.close();
        }
    }
}
