package dev.outrigger.telemetry;

import dev.outrigger.failure.Outcome;
import dev.outrigger.record.BreakerMark;
import dev.outrigger.record.ExchangeRecord;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Attributes of an exchange's span, after OpenTelemetry's conventions for HTTP servers and for MCP. Arguments and results of
 * tools are no attributes: they may hold anything.
 */
final class SpanAttributes {
    private static final AttributeKey<String> MCP_METHOD = AttributeKey.stringKey("mcp.method.name");
    private static final AttributeKey<String> MCP_PROTOCOL_VERSION = AttributeKey.stringKey("mcp.protocol.version");
    private static final AttributeKey<String> MCP_SESSION_ID = AttributeKey.stringKey("mcp.session.id");
    private static final AttributeKey<String> TOOL = AttributeKey.stringKey("gen_ai.tool.name");
    private static final AttributeKey<String> PROMPT = AttributeKey.stringKey("gen_ai.prompt.name");
    private static final AttributeKey<String> RESOURCE_URI = AttributeKey.stringKey("mcp.resource.uri");
    private static final AttributeKey<String> RPC_STATUS = AttributeKey.stringKey("rpc.response.status_code");
    private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("gen_ai.operation.name");
    private static final AttributeKey<String> REQUEST_ID = AttributeKey.stringKey("jsonrpc.request.id");
    private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
    private static final AttributeKey<String> TRANSPORT = AttributeKey.stringKey("network.transport");
    private static final AttributeKey<String> PROTOCOL = AttributeKey.stringKey("network.protocol.name");
    private static final AttributeKey<String> PROTOCOL_VERSION = AttributeKey.stringKey("network.protocol.version");
    private static final AttributeKey<String> SERVER_ADDRESS = AttributeKey.stringKey("server.address");
    private static final AttributeKey<Long> SERVER_PORT = AttributeKey.longKey("server.port");
    private static final AttributeKey<String> CLIENT_ADDRESS = AttributeKey.stringKey("client.address");
    private static final AttributeKey<Long> CLIENT_PORT = AttributeKey.longKey("client.port");
    private static final AttributeKey<String> HTTP_METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<Long> HTTP_STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<String> HTTP_ROUTE = AttributeKey.stringKey("http.route");
    private static final AttributeKey<String> URL_PATH = AttributeKey.stringKey("url.path");
    private static final AttributeKey<String> USER_AGENT = AttributeKey.stringKey("user_agent.original");
    private static final AttributeKey<String> UPSTREAM = AttributeKey.stringKey("outrigger.upstream");
    private static final AttributeKey<String> CACHE = AttributeKey.stringKey("outrigger.cache");
    private static final AttributeKey<String> BREAKER = AttributeKey.stringKey("outrigger.circuit_breaker");

    /** As it stands in a request; the conventions want no attribute for it. */
    private static final String NULL_ID = "null";

    private static final String UNKNOWN_METHOD = "_OTHER";
    /** Longest text that a caller chooses freely; what a client sends may be as long as a request. */
    private static final int MAX_TEXT_CHARS = 256;
    /** URIs are longer, and their ends tell them apart. */
    private static final int MAX_URI_CHARS = 2048;

    private SpanAttributes() {}

    static Attributes of(ExchangeRecord record) {
        AttributesBuilder attributes = Attributes.builder();
        if (!record.isCall()) {
            putHttp(attributes, record);
        }
        putNetwork(attributes, record);
        if (!record.mcpMethod.isEmpty() && !record.operationsApart) {
            putMcp(attributes, record);
        }
        put(attributes, ERROR_TYPE, errorTypeOf(record));
        put(attributes, UPSTREAM, record.upstream);
        put(attributes, CACHE, record.cache.label());
        if (!record.isCall() && (record.breaker == BreakerMark.REJECTED || record.breaker == BreakerMark.FAILURE)) {
            attributes.put(BREAKER, record.breaker.label());
        }
        return attributes.build();
    }

    /** At most so many characters as an attribute may reasonably have. */
    static String bounded(String text) {
        return bounded(text, MAX_TEXT_CHARS);
    }

    private static String bounded(String text, int limitChars) {
        return text.length() <= limitChars ? text : text.substring(0, limitChars);
    }

    private static String errorTypeOf(ExchangeRecord record) {
        String type = record.errorType();
        boolean failed = record.outcome == Outcome.ERROR || record.outcome == Outcome.TIMEOUT;
        boolean unnamed = type.isEmpty() && failed && !record.isCallersError();
        return unnamed ? record.outcome.label() : type;
    }

    private static void putHttp(AttributesBuilder attributes, ExchangeRecord record) {
        boolean known = !record.httpMethod.equals(ExchangeRecord.OTHER);
        put(attributes, HTTP_METHOD, known ? record.httpMethod : UNKNOWN_METHOD);
        if (record.status != 0) {
            attributes.put(HTTP_STATUS, (long) record.status);
        }
        put(attributes, HTTP_ROUTE, record.route);
        put(attributes, URL_PATH, record.path);
        put(attributes, USER_AGENT, record.userAgent);
    }

    private static void putNetwork(AttributesBuilder attributes, ExchangeRecord record) {
        attributes.put(TRANSPORT, "tcp");
        int slash = record.protocol.indexOf('/');
        if (slash > 0) {
            attributes.put(PROTOCOL, "http");
            attributes.put(PROTOCOL_VERSION, record.protocol.substring(slash + 1));
        }
        putAddress(attributes, SERVER_ADDRESS, SERVER_PORT, record.endpoint);
        if (!record.clientAddress.isEmpty()) {
            attributes.put(CLIENT_ADDRESS, record.clientAddress);
            attributes.put(CLIENT_PORT, (long) record.clientPort);
        }
    }

    private static void putMcp(AttributesBuilder attributes, ExchangeRecord record) {
        attributes.put(MCP_METHOD, record.mcpMethod);
        put(attributes, TOOL, record.tool);
        put(attributes, PROMPT, bounded(record.promptName));
        if (record.resourceUri != null) {
            put(attributes, RESOURCE_URI, bounded(record.resourceUri, MAX_URI_CHARS));
        }
        if (record.mcpMethod.equals("tools/call")) {
            attributes.put(OPERATION, "execute_tool");
        }
        if (record.jsonRpcId != null && !record.jsonRpcId.equals(NULL_ID)) {
            attributes.put(REQUEST_ID, JsonRpcIds.text(record.jsonRpcId, MAX_TEXT_CHARS));
        }
        if (record.rpcError) {
            attributes.put(RPC_STATUS, Integer.toString(record.rpcErrorCode));
        }
        put(attributes, MCP_PROTOCOL_VERSION, record.mcpProtocolVersion);
        put(attributes, MCP_SESSION_ID, record.modern ? null : record.mcpSessionId);
    }

    private static void putAddress(
            AttributesBuilder attributes, AttributeKey<String> address, AttributeKey<Long> port, String endpoint) {
        int colon = endpoint.lastIndexOf(':');
        if (colon <= 0) {
            return;
        }
        try {
            attributes.put(port, Long.parseLong(endpoint.substring(colon + 1)));
        } catch (NumberFormatException e) {
            return;
        }
        String host = endpoint.substring(0, colon);
        attributes.put(address, host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
    }

    private static void put(AttributesBuilder attributes, AttributeKey<String> key, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            attributes.put(key, value);
        }
    }
}
