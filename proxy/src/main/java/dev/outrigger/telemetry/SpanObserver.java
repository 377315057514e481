package dev.outrigger.telemetry;

import dev.outrigger.config.model.TracingConfig;
import dev.outrigger.record.ExchangeObserver;
import dev.outrigger.record.ExchangeRecord;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Exports the spans of sampled exchanges over OTLP, on the thread {@code outrigger-spans}.
 *
 * <p>A loop offers the record and goes on; when the receiver is slow or away the bounded queue fills up, and what does not fit
 * is dropped and counted. Only made when an endpoint is configured, so that without one no class of the SDK is loaded.
 */
public final class SpanObserver implements ExchangeObserver, AutoCloseable {
    private static final int CAPACITY = 4096;
    /** Spans per export, OpenTelemetry's default. */
    private static final int BATCH = 512;
    /** How long a span waits for others. */
    private static final Duration LINGER = Duration.ofSeconds(1);
    /** Longest export, retries included, OpenTelemetry's default. */
    private static final Duration EXPORT_TIMEOUT = Duration.ofSeconds(10);
    /** A receiver that is away must not hold up the end of the process. */
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private static final String HTTP_PATH = "/v1/traces";

    private final BackgroundQueue<ExchangeRecord> queue;
    private final WallClock wall;
    private final DropCounter dropped;
    private volatile @Nullable Instant lastExport;

    /** Starts the thread; the exporter is shut down at the end. */
    SpanObserver(
            SpanExporter exporter,
            Resource resource,
            WallClock wall,
            Duration linger,
            Duration closeWithin,
            DropCounter dropped) {
        this.wall = wall;
        this.dropped = dropped;
        this.queue = new BackgroundQueue<>(
                "outrigger-spans",
                CAPACITY,
                linger,
                closeWithin,
                dropped,
                new Spans(exporter, new SpanMaker(resource, wall)));
        queue.start();
    }

    /**
     * Begins to export.
     *
     * @param config with an endpoint
     * @param serviceName {@code service.name} of the spans
     * @param version {@code service.version} of the spans
     * @param dropped where spans count that found the queue full or that the receiver did not take
     * @throws IOException if there are to be headers and they cannot be read or understood
     */
    public static SpanObserver open(
            TracingConfig config, String serviceName, String version, WallClock wall, DropCounter dropped)
            throws IOException {
        Attributes service = Attributes.of(
                AttributeKey.stringKey("service.name"), serviceName,
                AttributeKey.stringKey("service.version"), version);
        Resource resource = Resource.getDefault().merge(Resource.create(service));
        return new SpanObserver(exporter(config), resource, wall, LINGER, CLOSE_WITHIN, dropped);
    }

    @Override
    public void onFinish(ExchangeRecord record) {
        if (record.sampled) {
            queue.offer(record);
        }
    }

    /** A call has a span of its own if it was given an id. */
    @Override
    public void onCall(ExchangeRecord call) {
        if (call.sampled && call.spanId != 0) {
            queue.offer(call);
        }
    }

    /** Spans that wait now. */
    public int waiting() {
        return queue.waiting();
    }

    /** When the receiver last took spans. */
    public Optional<Instant> lastExport() {
        return Optional.ofNullable(lastExport);
    }

    /** Exports what waits, within a few seconds. */
    @Override
    public void close() {
        queue.close();
    }

    private static SpanExporter exporter(TracingConfig config) throws IOException {
        String endpoint = config.otlpEndpoint();
        Supplier<Map<String, String>> headers =
                config.headers().isPresent() ? new OtlpHeaders(config.headers().get()) : Map::of;
        return switch (config.protocol()) {
            case GRPC ->
                OtlpGrpcSpanExporter.builder()
                        .setEndpoint(endpoint)
                        .setHeaders(headers)
                        .setTimeout(EXPORT_TIMEOUT)
                        .build();
            case HTTP ->
                OtlpHttpSpanExporter.builder()
                        .setEndpoint(withPath(endpoint))
                        .setHeaders(headers)
                        .setTimeout(EXPORT_TIMEOUT)
                        .build();
        };
    }

    /** An OTLP endpoint is the receiver's base; the path of the signal is appended unless it is there already. */
    private static String withPath(String endpoint) {
        String base = endpoint.endsWith("/") ? endpoint.substring(0, endpoint.length() - 1) : endpoint;
        return base.endsWith(HTTP_PATH) ? base : base + HTTP_PATH;
    }

    private final class Spans implements BackgroundQueue.Consumer<ExchangeRecord> {
        private final SpanExporter exporter;
        private final SpanMaker maker;
        private List<SpanData> batch = new ArrayList<>(BATCH);

        Spans(SpanExporter exporter, SpanMaker maker) {
            this.exporter = exporter;
            this.maker = maker;
        }

        @Override
        public void accept(ExchangeRecord record) {
            batch.add(maker.spanOf(record));
            if (batch.size() == BATCH) {
                export();
            }
        }

        @Override
        public void onEmpty() {
            if (!batch.isEmpty()) {
                export();
            }
        }

        @Override
        public void onClose() {
            exporter.shutdown().join(CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        }

        /** One export at a time: a receiver that cannot keep up is not asked for more. */
        private void export() {
            List<SpanData> spans = batch;
            batch = new ArrayList<>(BATCH);
            CompletableResultCode result = exporter.export(spans);
            result.join(EXPORT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            if (result.isSuccess()) {
                lastExport = wall.now();
            } else {
                dropped.add(spans.size());
            }
        }
    }
}
