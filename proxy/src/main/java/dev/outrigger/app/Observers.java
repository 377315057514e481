package dev.outrigger.app;

import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.config.model.Secret;
import dev.outrigger.config.model.TracingConfig;
import dev.outrigger.record.ExchangeObserver;
import dev.outrigger.runtime.Switches;
import dev.outrigger.telemetry.AccessLogObserver;
import dev.outrigger.telemetry.AccessLogWriter;
import dev.outrigger.telemetry.DropCounter;
import dev.outrigger.telemetry.SpanObserver;
import dev.outrigger.telemetry.SwitchedObserver;
import dev.outrigger.telemetry.WallClock;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is told of every exchange besides the recorders of its worker: access log and spans, as far as the configuration and
 * the switches want them.
 *
 * <p>The loops hold the two observers for the life of the process; a reload or a switch changes where they lead. So an exchange
 * that began under an earlier configuration is written to the outputs of now, and none is lost with an output that closes.
 */
final class Observers implements Reloadable {
    private final String version;
    private final WallClock wall;
    private final Runnable barrier;
    private final DropCounter lostLines = new DropCounter();
    private final DropCounter lostSpans = new DropCounter();
    private final SwitchedObserver accessLog = new SwitchedObserver();
    private final SwitchedObserver spans = new SwitchedObserver();
    private volatile Outputs outputs = Outputs.NONE;

    /**
     * @param version of this build, for the spans
     * @param barrier returns when every loop has ended what it was doing
     */
    Observers(String version, WallClock wall, Runnable barrier) {
        this.version = version;
        this.wall = wall;
        this.barrier = barrier;
    }

    /** In the order in which they are told. */
    List<ExchangeObserver> all() {
        return List.of(spans, accessLog);
    }

    @Override
    public Prepared prepare(ProxyConfig next) throws IOException {
        Outputs old = outputs;
        Destination wanted = Destination.of(next);
        AccessLogWriter writer = old.writerFor(wanted);
        boolean opensWriter = writer == null && !wanted.accessLogPath.isEmpty();
        if (opensWriter) {
            writer = AccessLogWriter.open(wanted.accessLogPath, wall, lostLines);
        }
        SpanObserver exporter = old.exporterFor(wanted);
        boolean opensExporter = exporter == null && wanted.exportsSpans();
        if (opensExporter) {
            exporter = SpanObserver.open(wanted.tracing, wanted.serviceName, version, wall, lostSpans);
        }
        Outputs made = new Outputs(wanted, writer, exporter);
        return new Prepared() {
            @Override
            public void commit() {
                outputs = made;
                switchTo(Switches.of(next.telemetry()));
                barrier.run();
                old.closeBut(made);
            }

            @Override
            public void abandon() {
                made.closeBut(old);
            }
        };
    }

    /** From now on only what is switched on is told. */
    void switchTo(Switches switches) {
        Outputs current = outputs;
        AccessLogWriter writer = current.accessLog;
        accessLog.target(switches.accessLog() && writer != null ? new AccessLogObserver(writer) : null);
        spans.target(switches.tracing() ? current.spans : null);
    }

    /** What was given up since the start, by kind. */
    Map<String, LongSupplier> drops() {
        return Map.of("access_log", lostLines, "spans", lostSpans);
    }

    /** Adds what waits now, by kind. */
    void addWaiting(Map<String, Long> waiting) {
        Outputs current = outputs;
        if (current.accessLog != null) {
            waiting.put("access_log", (long) current.accessLog.waiting());
        }
        if (current.spans != null) {
            waiting.put("spans", (long) current.spans.waiting());
        }
    }

    /** When the receiver of spans last took some. */
    Optional<Instant> lastExport() {
        SpanObserver current = outputs.spans;
        return current == null ? Optional.empty() : current.lastExport();
    }

    /** Writes and exports what waits, within the limits of each. */
    void close() {
        outputs.closeBut(Outputs.NONE);
    }

    /** What decides whether an output is another one. The headers are compared by what they say, not by where it stands. */
    private record Destination(String accessLogPath, TracingConfig tracing, String spanHeaders, String serviceName) {
        static Destination of(ProxyConfig config) throws IOException {
            TracingConfig tracing = config.telemetry().tracing();
            Optional<Secret> headers = tracing.headers();
            return new Destination(
                    config.telemetry().accessLog().path(),
                    tracing,
                    headers.isPresent() ? headers.get().read() : "",
                    config.serviceName());
        }

        boolean exportsSpans() {
            return !tracing.otlpEndpoint().isEmpty();
        }

        boolean exportsLike(Destination other) {
            return tracing.otlpEndpoint().equals(other.tracing.otlpEndpoint())
                    && tracing.protocol() == other.tracing.protocol()
                    && spanHeaders.equals(other.spanHeaders)
                    && serviceName.equals(other.serviceName);
        }
    }

    private record Outputs(
            Destination destination,
            @Nullable AccessLogWriter accessLog,
            @Nullable SpanObserver spans) {
        static final Outputs NONE = new Outputs(
                new Destination(
                        "", new TracingConfig(false, "", TracingConfig.Protocol.GRPC, 0, Optional.empty()), "", ""),
                null,
                null);

        @Nullable
        AccessLogWriter writerFor(Destination wanted) {
            return destination.accessLogPath.equals(wanted.accessLogPath) ? accessLog : null;
        }

        @Nullable
        SpanObserver exporterFor(Destination wanted) {
            return destination.exportsLike(wanted) ? spans : null;
        }

        /** Closes what {@code kept} does not use as well. */
        void closeBut(Outputs kept) {
            if (accessLog != null && accessLog != kept.accessLog) {
                accessLog.close();
            }
            if (spans != null && spans != kept.spans) {
                spans.close();
            }
        }
    }
}
