package dev.outrigger.http;

import io.netty.util.AsciiString;

/** Header names that Netty has no constant for. */
public final class HeaderNames {
    public static final AsciiString X_REQUEST_ID = AsciiString.cached("x-request-id");
    public static final AsciiString X_FORWARDED_FOR = AsciiString.cached("x-forwarded-for");
    public static final AsciiString X_FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");
    public static final AsciiString X_FORWARDED_CLIENT_CERT = AsciiString.cached("x-forwarded-client-cert");
    public static final AsciiString TRACEPARENT = AsciiString.cached("traceparent");
    public static final AsciiString TRACESTATE = AsciiString.cached("tracestate");
    public static final AsciiString MCP_PROTOCOL_VERSION = AsciiString.cached("mcp-protocol-version");
    public static final AsciiString MCP_SESSION_ID = AsciiString.cached("mcp-session-id");
    public static final AsciiString MCP_METHOD = AsciiString.cached("mcp-method");
    public static final AsciiString MCP_NAME = AsciiString.cached("mcp-name");
    public static final AsciiString LAST_EVENT_ID = AsciiString.cached("last-event-id");
    public static final AsciiString X_API_KEY = AsciiString.cached("x-api-key");
    /** As in draft-ietf-httpapi-ratelimit-headers. */
    public static final AsciiString RATELIMIT = AsciiString.cached("ratelimit");

    public static final AsciiString RATELIMIT_POLICY = AsciiString.cached("ratelimit-policy");
    public static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
    public static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");

    private HeaderNames() {}
}
