package dev.outrigger.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnknownFieldSet;
import dev.outrigger.failure.Reason;
import dev.outrigger.record.Records;
import dev.outrigger.testing.RequiresTool;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsExpositionTest {
    private static final String OPEN_METRICS = "application/openmetrics-text;version=1.0.0,text/plain;q=0.5";
    private static final String PROTOBUF = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
            + "encoding=delimited;q=0.6,text/plain;version=0.0.4;q=0.3";

    private final TelemetryFixture telemetry = new TelemetryFixture();

    @BeforeEach
    void callTools() {
        telemetry.record(
                Records.sampled(Records.toolCall("echo", Duration.ofMillis(3)), 0xabc, 0xdef),
                Records.toolCall("echo", Duration.ofSeconds(400)),
                Records.failed(Records.toolCall("slow", Duration.ofSeconds(15)), Reason.REQUEST_TIMEOUT),
                Records.plainHttp("GET", 200, Duration.ofMillis(1)));
        telemetry.loop.upstream("app").connections = 1;
    }

    @AfterEach
    void stop() {
        telemetry.close();
    }

    @Test
    void withoutAWishTheFormatIsText() {
        MetricsExposition.Page page = TelemetryFixture.await(telemetry.exposition.scrape(""));

        assertTrue(page.contentType().startsWith("text/plain; version=0.0.4; charset=utf-8"), page.contentType());
        String text = new String(page.body(), StandardCharsets.UTF_8);
        assertTrue(text.contains("# TYPE mcp_tool_execution_total counter\n"));
        assertTrue(text.contains("# TYPE mcp_tool_execution_duration_seconds histogram\n"));
    }

    @Test
    void openMetricsCarriesExemplars() {
        MetricsExposition.Page page = TelemetryFixture.await(telemetry.exposition.scrape(OPEN_METRICS));

        assertTrue(page.contentType().startsWith("application/openmetrics-text; version=1.0.0"), page.contentType());
        String text = new String(page.body(), StandardCharsets.UTF_8);
        assertTrue(text.endsWith("# EOF\n"));
        assertTrue(
                text.contains("mcp_tool_execution_duration_seconds_bucket{status=\"success\",tool_name=\"echo\","
                        + "le=\"0.005\"} 1 # {span_id=\"0000000000000def\","
                        + "trace_id=\"0000000000000abc0000000000000abc\"} 0.003 1795168805.003"),
                text);
        assertTrue(
                text.contains("mcp_server_operation_duration_seconds_bucket{error_type=\"\",gen_ai_tool_name=\"echo\","
                        + "mcp_method_name=\"tools/call\",le=\"0.01\"} 1 # {"),
                "an exemplar below the family's first boundary");
    }

    @Test
    void protobufCarriesClassicAndNativeHistograms() throws IOException {
        MetricsExposition.Page page = TelemetryFixture.await(telemetry.exposition.scrape(PROTOBUF));

        assertTrue(page.contentType().startsWith("application/vnd.google.protobuf"), page.contentType());
        UnknownFieldSet histogram = histogramOf(page.body(), "mcp_query_duration_seconds");
        assertEquals(3, histogram.getField(1).getVarintList().get(0), "count");
        double sum =
                Double.longBitsToDouble(histogram.getField(2).getFixed64List().get(0));
        assertEquals(415.003, sum, 1e-6);
        assertEquals(18, histogram.getField(3).getLengthDelimitedList().size(), "classic buckets");
        assertEquals(2 * 3, histogram.getField(5).getVarintList().get(0), "schema, in zigzag");
        long nativeCount = 0;
        long bucket = 0;
        for (long delta : histogram.getField(13).getVarintList()) {
            bucket += CodedInputStream.decodeZigZag64(delta);
            nativeCount += bucket;
        }
        assertEquals(3, nativeCount);
        UnknownFieldSet firstSpan = UnknownFieldSet.parseFrom(
                histogram.getField(12).getLengthDelimitedList().get(0));
        assertEquals(
                (long) Math.ceil(8 * Math.log(0.003) / Math.log(2)),
                CodedInputStream.decodeZigZag64(
                        firstSpan.getField(1).getVarintList().get(0)),
                "bucket of the shortest one");
    }

    @Test
    void theLastScrapeIsRemembered() {
        assertEquals(Optional.empty(), telemetry.exposition.lastScrape());
        telemetry.clock.advance(Duration.ofSeconds(5));
        TelemetryFixture.await(telemetry.exposition.scrape(""));

        assertEquals(Optional.of(TelemetryFixture.START.plusSeconds(5)), telemetry.exposition.lastScrape());
    }

    @Test
    @RequiresTool("promtool")
    void promtoolHasNothingToComplainAbout(@TempDir Path directory) throws IOException, InterruptedException {
        Path page = Files.writeString(directory.resolve("page"), telemetry.page(""));
        Process promtool = new ProcessBuilder("promtool", "check", "metrics")
                .redirectInput(page.toFile())
                .redirectErrorStream(true)
                .start();
        String complaints = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertEquals("", complaints);
        assertEquals(0, promtool.waitFor());
    }

    /**
     * The first histogram of a family. Read by field numbers, after Prometheus' own {@code metrics.proto}, because the
     * library keeps its classes to itself.
     */
    private static UnknownFieldSet histogramOf(byte[] body, String name) throws IOException {
        InputStream in = new ByteArrayInputStream(body);
        UnknownFieldSet.Builder family = UnknownFieldSet.newBuilder();
        while (family.mergeDelimitedFrom(in)) {
            UnknownFieldSet read = family.build();
            if (read.getField(1).getLengthDelimitedList().get(0).toStringUtf8().equals(name)) {
                UnknownFieldSet metric = UnknownFieldSet.parseFrom(
                        read.getField(4).getLengthDelimitedList().get(0));
                return UnknownFieldSet.parseFrom(
                        metric.getField(7).getLengthDelimitedList().get(0));
            }
            family = UnknownFieldSet.newBuilder();
        }
        throw new AssertionError("no family " + name);
    }
}
