package dev.outrigger.telemetry;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Answers a scrape: asks the loops, makes the families, writes them in the format that the scraper accepts (text 0.0.4,
 * OpenMetrics 1.0 with exemplars, protobuf with native histograms). Knows nothing of HTTP.
 */
public final class MetricsExposition {
    private static final int FIRST_SIZE_BYTES = 64 * 1024;

    private final HistogramSampler sampler;
    private final PrometheusCollector collector;
    private final WallClock wall;
    private final ExpositionFormats formats = ExpositionFormats.init();
    private volatile @Nullable Instant lastScrape;

    public MetricsExposition(HistogramSampler sampler, PrometheusCollector collector, WallClock wall) {
        this.sampler = sampler;
        this.collector = collector;
        this.wall = wall;
    }

    /**
     * Scrapes. May be called by any thread; the work is done, and the stage completes, on control.
     *
     * @param accept the request's {@code Accept} header, empty if it has none
     */
    public CompletionStage<Page> scrape(String accept) {
        return sampler.collect().thenApply(snapshot -> {
            Page page = render(collector.collect(snapshot), accept);
            lastScrape = Instant.ofEpochMilli(wall.epochMillis(snapshot.takenNanos()));
            return page;
        });
    }

    /** When the last scrape was answered. */
    public Optional<Instant> lastScrape() {
        return Optional.ofNullable(lastScrape);
    }

    private Page render(MetricSnapshots families, String accept) {
        ExpositionFormatWriter writer = formats.findWriter(accept);
        EscapingScheme escaping = EscapingScheme.fromAcceptHeader(accept);
        ByteArrayOutputStream body = new ByteArrayOutputStream(FIRST_SIZE_BYTES);
        try {
            writer.write(body, families, escaping);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return new Page(writer.getContentType() + escaping.toHeaderFormat(), body.toByteArray());
    }

    /** A scrape's answer. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Page(String contentType, byte[] body) {}
}
