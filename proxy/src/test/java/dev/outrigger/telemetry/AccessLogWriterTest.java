package dev.outrigger.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.outrigger.failure.Outcome;
import dev.outrigger.failure.Reason;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.Records;
import dev.outrigger.record.StreamKind;
import dev.outrigger.time.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogWriterTest {
    private final WallClock wall =
            new WallClock(new ManualClock(), Clock.fixed(Instant.parse("2026-11-20T10:00:00Z"), ZoneOffset.UTC));
    private final DropCounter dropped = new DropCounter();

    @Test
    void aToolCallIsOneLineWithAllFields() {
        ExchangeRecord record = Records.sampled(Records.toolCall("echo", Duration.ofNanos(12_345_678)), 0xabc, 0xdef);
        record.clientAddress = "10.1.2.3";
        record.clientPort = 5555;
        record.listener = "inbound";
        record.generation = 7;
        record.requestId = "req-1";
        record.jsonRpcId = "\"seven\"";
        record.requestBytes = 200;
        record.responseBytes = 170;
        record.userAgent = "client/1.0 \"quoted\"";

        assertEquals(
                "{\"time\":\"2026-11-20T10:00:05.000Z\",\"client\":\"10.1.2.3\",\"method\":\"POST\",\"path\":\"/mcp\","
                        + "\"protocol\":\"HTTP/1.1\",\"status\":200,\"outcome\":\"success\",\"listener\":\"inbound\","
                        + "\"route\":\"/mcp\",\"config\":7,\"upstream\":\"app\",\"endpoint\":\"127.0.0.1:8080\",\"attempts\":1,"
                        + "\"duration_ms\":12.346,\"upstream_ms\":6.173,\"request_bytes\":200,\"response_bytes\":170,"
                        + "\"request_id\":\"req-1\",\"mcp_method\":\"tools/call\",\"tool\":\"echo\","
                        + "\"jsonrpc_id\":\"seven\",\"trace_id\":\"0000000000000abc0000000000000abc\","
                        + "\"span_id\":\"0000000000000def\",\"sampled\":true,"
                        + "\"user_agent\":\"client/1.0 \\\"quoted\\\"\"}\n",
                written(record));
    }

    @Test
    void theProxysReasonIsNamed() {
        ExchangeRecord record =
                Records.failed(Records.toolCall("echo", Duration.ofSeconds(15)), Reason.REQUEST_TIMEOUT);

        Config line = ConfigFactory.parseString(written(record));

        assertEquals("timeout", line.getString("outcome"));
        assertEquals("request_timeout", line.getString("reason"));
        assertEquals(504, line.getInt("status"));
        assertEquals(15_000, line.getDouble("duration_ms"));
    }

    @Test
    void anAnswerAsEventStreamTellsOfItsFirstEvent() {
        ExchangeRecord record = Records.toolCall("echo", Duration.ofMillis(20));
        record.stream = StreamKind.CALL;
        record.firstEventNanos = record.startNanos + 4_500_000;

        Config line = ConfigFactory.parseString(written(record));

        assertEquals("call", line.getString("stream"));
        assertEquals(4.5, line.getDouble("first_event_ms"));
    }

    @Test
    void errorsInsideOfTheAnswerAreTold() {
        ExchangeRecord failed = Records.toolCall("echo", Duration.ofMillis(1));
        failed.toolError = true;
        failed.outcome = Outcome.ERROR;
        Config toolError = ConfigFactory.parseString(written(failed));
        Config rpcError = ConfigFactory.parseString(
                written(Records.rpcError(Records.toolCall("echo", Duration.ofMillis(1)), -32602)));

        assertTrue(toolError.getBoolean("tool_error"));
        assertFalse(toolError.hasPath("rpc_error_code"));
        assertEquals(-32602, rpcError.getInt("rpc_error_code"));
        assertFalse(rpcError.hasPath("tool_error"));
        assertEquals("error", rpcError.getString("outcome"));
    }

    @Test
    void secretsAndWhatDoesNotApplyAreLeftOut() {
        ExchangeRecord record = Records.plainHttp("GET", 404, Duration.ofMillis(1));
        record.mcpSessionId = "session-secret";
        record.headNanos = 0;

        String line = written(record);

        assertFalse(line.contains("session"), line);
        for (String field : List.of(
                "reason",
                "tool",
                "mcp_method",
                "jsonrpc_id",
                "trace_id",
                "user_agent",
                "stream",
                "rpc_error_code",
                "first_event_ms")) {
            assertFalse(line.contains('"' + field + '"'), line);
        }
        assertFalse(line.contains("upstream_ms"), line);
    }

    @Test
    void theFileIsAppendedToAndClosedToOthers(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("access.log");
        for (int i = 0; i < 2; i++) {
            try (AccessLogWriter writer = AccessLogWriter.open(file.toString(), wall, dropped)) {
                new AccessLogObserver(writer).onFinish(Records.toolCall("echo", Duration.ofMillis(1)));
            }
        }

        assertEquals(2, Files.readAllLines(file).size());
        String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        assertEquals("---", permissions.substring(6), "of others");
        assertEquals("rw-", permissions.substring(0, 3), "of the owner");
    }

    @Test
    void whatAWriterHasLostStaysCountedWhenItIsReplaced() {
        ExchangeRecord record = Records.toolCall("echo", Duration.ofMillis(1));
        AccessLogWriter first = new AccessLogWriter(new ByteArrayOutputStream(), wall, dropped);
        first.close();
        assertFalse(first.offer(record));
        assertFalse(first.offer(record));

        AccessLogWriter second = new AccessLogWriter(new ByteArrayOutputStream(), wall, dropped);
        second.close();
        assertFalse(second.offer(record));

        assertEquals(3, dropped.getAsLong());
    }

    private String written(ExchangeRecord record) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (AccessLogWriter writer = new AccessLogWriter(out, wall, dropped)) {
            writer.offer(record);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
