package dev.outrigger.telemetry;

import dev.outrigger.json.JsonWriter;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.GrpcStatus;
import dev.outrigger.record.StreamKind;
import dev.outrigger.record.TraceContext;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One JSON line per exchange and per opaque connection, written by the thread {@code outrigger-access-log}.
 *
 * <p>No query, no session id, no header but the user agent: those may hold secrets. A field that does not apply is left out.
 */
public final class AccessLogWriter implements AutoCloseable {
    private static final String STDOUT = "-";
    /** A second of 16,000 exchanges. */
    private static final int CAPACITY = 16_384;
    /** Wakes the writer at most a hundred times a second. */
    private static final Duration LINGER = Duration.ofMillis(10);
    /** An id is the caller's choice and may be as long as a request. */
    private static final int MAX_ID_CHARS = 256;

    private static final double NANOS_PER_MILLI = 1e6;

    private final WallClock wall;
    private final TimeText timeText = new TimeText();
    private final LineWriter<ExchangeRecord> lines;

    /**
     * Starts the writer.
     *
     * @param out closed at the end
     * @param dropped where lines that are lost count
     */
    public AccessLogWriter(OutputStream out, WallClock wall, DropCounter dropped) {
        this.wall = wall;
        this.lines = new LineWriter<>("outrigger-access-log", CAPACITY, LINGER, out, dropped, this::format);
    }

    /**
     * Opens the log.
     *
     * @param path {@code -} for standard output, else a file that is appended to and, if made, readable by owner and group
     * @param dropped where lines that are lost count
     * @throws IOException if the file cannot be opened
     */
    public static AccessLogWriter open(String path, WallClock wall, DropCounter dropped) throws IOException {
        return new AccessLogWriter(path.equals(STDOUT) ? new StandardOutput() : append(path), wall, dropped);
    }

    /** Takes a record to be written, from any thread; false, and counted, if the queue is full. */
    public boolean offer(ExchangeRecord record) {
        return lines.offer(record);
    }

    /** Lines that wait now. */
    public int waiting() {
        return lines.waiting();
    }

    /** Writes what waits and closes the output. */
    @Override
    public void close() {
        lines.close();
    }

    private static OutputStream append(String path) throws IOException {
        return Channels.newOutputStream(Files.newByteChannel(
                Path.of(path),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"))));
    }

    private void format(ExchangeRecord record, JsonWriter json) {
        json.beginObject();
        json.name("time").value(timeText.of(wall.epochMillis(record.startNanos)));
        text(json, "client", record.clientAddress);
        formatTls(record, json);
        text(json, "method", record.httpMethod);
        text(json, "path", record.path);
        text(json, "protocol", record.protocol);
        text(json, "server_name", record.serverName);
        if (!record.protocol.equals(ExchangeRecord.TCP)) {
            json.name("status").value(record.status);
        }
        json.name("outcome").value(record.outcome.label());
        text(json, "reason", record.reason == null ? null : record.reason.label());
        formatWay(record, json);
        json.name("request_bytes").value(record.requestBytes);
        json.name("response_bytes").value(record.responseBytes);
        text(json, "request_id", record.requestId);
        formatGrpc(record, json);
        formatMcp(record, json);
        formatTrace(record, json);
        text(json, "user_agent", record.userAgent);
        json.endObject();
    }

    private static void formatTls(ExchangeRecord record, JsonWriter json) {
        text(json, "tls", record.tlsVersion);
        text(json, "sni", record.serverName);
        text(json, "client_cert", record.clientCertificate);
    }

    private static void formatWay(ExchangeRecord record, JsonWriter json) {
        text(json, "listener", record.listener);
        if (!record.protocol.equals(ExchangeRecord.TCP)) {
            text(json, "route", record.route);
        }
        json.name("config").value(record.generation);
        text(json, "upstream", record.upstream);
        text(json, "endpoint", record.endpoint);
        json.name("attempts").value(record.attempts);
        text(json, "cache", record.cache.label());
        json.name("duration_ms").value(millis(record.durationNanos()));
        if (record.headNanos != 0 && record.attemptNanos != 0) {
            json.name("upstream_ms").value(millis(record.headNanos - record.attemptNanos));
        }
        if (record.firstEventNanos != 0) {
            json.name("first_event_ms").value(millis(record.firstEventNanos - record.startNanos));
        }
    }

    private static void formatGrpc(ExchangeRecord record, JsonWriter json) {
        GrpcStatus status = record.grpcStatus;
        if (status != null) {
            json.name("grpc_status").value(status.ordinal());
        }
    }

    private static void formatMcp(ExchangeRecord record, JsonWriter json) {
        text(json, "mcp_method", record.mcpMethod);
        text(json, "tool", record.tool);
        if (record.jsonRpcId != null) {
            text(json, "jsonrpc_id", JsonRpcIds.text(record.jsonRpcId, MAX_ID_CHARS));
        }
        if (record.toolError) {
            json.name("tool_error").value(true);
        }
        if (record.rpcError) {
            json.name("rpc_error_code").value(record.rpcErrorCode);
        }
        if (record.stream != StreamKind.NONE) {
            json.name("stream").value(record.stream.label());
        }
    }

    private static void formatTrace(ExchangeRecord record, JsonWriter json) {
        if (record.spanId != 0) {
            json.name("trace_id").value(TraceContext.traceIdHex(record));
            json.name("span_id").value(TraceContext.spanIdHex(record));
            json.name("sampled").value(record.sampled);
        }
    }

    private static void text(JsonWriter json, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            json.name(name).value(value);
        }
    }

    /** To the microsecond; more digits would be noise. */
    private static double millis(long nanos) {
        return Math.round(nanos / NANOS_PER_MILLI * 1000) / 1000.0;
    }

    /** Stays open: others write there too, and the last words of the process come after this log. */
    private static final class StandardOutput extends FileOutputStream {
        StandardOutput() {
            super(FileDescriptor.out);
        }

        @Override
        public void close() {
            // Nothing is buffered here.
        }
    }
}
