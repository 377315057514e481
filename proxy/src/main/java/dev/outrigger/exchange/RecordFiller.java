package dev.outrigger.exchange;

import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.HeaderNames;
import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.McpMethod;
import dev.outrigger.mcp.McpScanner;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.runtime.Worker;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Copies what a request says of itself into its record; what becomes a label is taken from a closed set. */
final class RecordFiller {
    private static final Set<HttpMethod> STANDARD_METHODS = Set.of(
            HttpMethod.GET,
            HttpMethod.HEAD,
            HttpMethod.POST,
            HttpMethod.PUT,
            HttpMethod.PATCH,
            HttpMethod.DELETE,
            HttpMethod.OPTIONS,
            HttpMethod.TRACE,
            HttpMethod.CONNECT);
    /** Longer ones are replaced: an id is for finding a request again, not for carrying data into every log. */
    private static final int MAX_REQUEST_ID_LENGTH = 128;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private RecordFiller() {}

    static void fillFromHead(
            ExchangeRecord record, HttpRequest head, ClientInfo client, Worker worker, boolean traced) {
        HttpHeaders headers = head.headers();
        String target = head.uri();
        int query = target.indexOf('?');
        record.httpMethod =
                STANDARD_METHODS.contains(head.method()) ? head.method().name() : ExchangeRecord.OTHER;
        record.path = query < 0 ? target : target.substring(0, query);
        record.protocol = head.protocolVersion().text();
        record.listener = client.listener();
        record.clientAddress = client.address();
        record.clientPort = client.port();
        record.userAgent = headers.get(HttpHeaderNames.USER_AGENT);
        record.mcpProtocolVersion = headers.get(HeaderNames.MCP_PROTOCOL_VERSION);
        record.mcpSessionId = headers.get(HeaderNames.MCP_SESSION_ID);
        String requestId = headers.get(HeaderNames.X_REQUEST_ID);
        record.requestId = requestId == null || requestId.isEmpty() || requestId.length() > MAX_REQUEST_ID_LENGTH
                ? newRequestId(worker.random())
                : requestId;
        if (traced) {
            worker.traces()
                    .start(record, headers.get(HeaderNames.TRACEPARENT), joined(headers, HeaderNames.TRACESTATE));
        }
    }

    /**
     * Without effect before the scanner has found something, and after the first time.
     *
     * @param named whether somebody will want to tell this call from others of its kind
     */
    static void fillFromFacts(ExchangeRecord record, @Nullable McpScanner scanner, Worker worker, boolean named) {
        if (scanner == null) {
            return;
        }
        McpFacts facts = scanner.facts();
        if (record.mcpMethod.isEmpty() && facts.method() != null) {
            record.mcpMethod = facts.method().label();
        }
        if (facts.method() == McpMethod.TOOLS_CALL && record.tool.isEmpty() && facts.nameLength() > 0) {
            record.tool = worker.toolNames().resolve(facts.name(), facts.nameLength());
        }
        if (named && record.jsonRpcId == null && facts.hasId()) {
            record.jsonRpcId = new String(facts.id(), 0, facts.idLength(), StandardCharsets.UTF_8);
        }
    }

    private static @Nullable String joined(HttpHeaders headers, CharSequence name) {
        String first = headers.get(name);
        return first == null || headers.getAll(name).size() == 1 ? first : String.join(",", headers.getAll(name));
    }

    private static String newRequestId(RandomGenerator random) {
        byte[] text = new byte[32];
        long high = random.nextLong();
        long low = random.nextLong();
        for (int i = 0; i < 16; i++) {
            text[i] = HEX[(int) (high >>> (60 - 4 * i)) & 0xf];
            text[16 + i] = HEX[(int) (low >>> (60 - 4 * i)) & 0xf];
        }
        return new String(text, StandardCharsets.ISO_8859_1);
    }
}
