package dev.outrigger.exchange;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;

/** What the heads of MCP's messages announce; whether a JSON-RPC message follows is for the scanner to find out. */
final class McpRequests {
    private static final String JSON = "application/json";
    private static final String EVENT_STREAM = "text/event-stream";

    private McpRequests() {}

    /** MCP sends every message by POST with a JSON body, in all revisions. */
    static boolean mayBeMcp(HttpRequest head) {
        return head.method().equals(HttpMethod.POST) && isJson(head.headers());
    }

    static boolean isJson(HttpHeaders headers) {
        return hasType(headers, JSON);
    }

    static boolean isEventStream(HttpHeaders headers) {
        return hasType(headers, EVENT_STREAM);
    }

    private static boolean hasType(HttpHeaders headers, String expected) {
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
        if (type == null || !type.regionMatches(true, 0, expected, 0, expected.length())) {
            return false;
        }
        return type.length() == expected.length() || ";, \t".indexOf(type.charAt(expected.length())) >= 0;
    }
}
