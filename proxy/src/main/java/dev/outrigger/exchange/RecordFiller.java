package dev.outrigger.exchange;

import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.HeaderNames;
import dev.outrigger.http.PeerCertificate;
import dev.outrigger.http.TlsSession;
import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.McpHeaderValue;
import dev.outrigger.mcp.McpMethod;
import dev.outrigger.mcp.ProtocolEra;
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
        record.protocol =
                client.http2() ? ExchangeRecord.HTTP_2 : head.protocolVersion().text();
        record.listener = client.listener();
        record.clientAddress = client.address();
        record.clientPort = client.port();
        fillFromTls(record, client.tls());
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

    private static void fillFromTls(ExchangeRecord record, @Nullable TlsSession tls) {
        if (tls != null) {
            record.tlsVersion = tls.version();
            record.serverName = tls.serverName();
            PeerCertificate certificate = tls.certificate();
            record.clientCertificate = certificate == null ? null : certificate.identity();
        }
    }

    /** Tells the era: by the header, by what the message says, or by a header that only the modern era has. */
    static void fillEra(ExchangeRecord record, HttpRequest head, @Nullable McpFacts facts) {
        boolean named = head.headers().contains(HeaderNames.MCP_METHOD);
        record.modern = ProtocolEra.of(record.mcpProtocolVersion, named) == ProtocolEra.MODERN;
        String stated = facts == null ? null : facts.meta().protocolVersionText();
        if (stated != null) {
            record.modern |= ProtocolEra.isModern(stated);
            if (record.mcpProtocolVersion == null) {
                record.mcpProtocolVersion = stated;
            }
        }
    }

    /**
     * @param only the operation, if the message is exactly one
     */
    static void fillFromFacts(
            ExchangeRecord record,
            HttpRequest head,
            McpFacts facts,
            @Nullable Call only,
            Worker worker,
            ExchangeFactory factory) {
        if (only != null) {
            record.mcpMethod = only.method().label();
            record.tool = only.tool();
        } else if (facts.method() == null && record.modern && !facts.isBatch()) {
            fillFromHeaders(record, head, worker);
        }
        CharSequence traceparent = facts.meta().traceparentText();
        if (record.isTraced() && traceparent != null) {
            worker.traces().startFromMeta(record, traceparent, facts.meta().tracestateText());
        }
        if (factory.isObserved() && only != null) {
            record.jsonRpcId = only.isRequest() ? only.idText() : null;
            record.resourceUri = facts.uriText();
            String name = facts.method() == McpMethod.PROMPTS_GET ? facts.nameText() : null;
            record.promptName = name == null ? ExchangeRecord.NONE : name;
        }
    }

    /** A body that can not be read, compressed for instance, is what its headers say; good enough to be counted. */
    private static void fillFromHeaders(ExchangeRecord record, HttpRequest head, Worker worker) {
        String named = head.headers().get(HeaderNames.MCP_METHOD);
        if (named == null) {
            return;
        }
        byte[] text = named.getBytes(StandardCharsets.UTF_8);
        McpMethod method = McpMethod.of(text, 0, text.length);
        record.mcpMethod = method.label();
        String name = head.headers().get(HeaderNames.MCP_NAME);
        String tool = method == McpMethod.TOOLS_CALL && name != null ? McpHeaderValue.decode(name) : null;
        if (tool != null) {
            byte[] bytes = tool.getBytes(StandardCharsets.UTF_8);
            record.tool = worker.toolNames().resolve(bytes, bytes.length);
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
