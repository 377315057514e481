package dev.outrigger.exchange;

import dev.outrigger.http.HeaderNames;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.Locale;
import java.util.regex.Pattern;

/** What the heads of MCP's messages announce; whether a JSON-RPC message follows is for the scanner to find out. */
final class McpRequests {
    private static final String JSON = "application/json";
    private static final String CHARSET = "charset";
    private static final Pattern UTF_8 = Pattern.compile("charset=\"?utf-?8\"?\\s*(;.*)?");
    private static final String EVENT_STREAM = "text/event-stream";

    private McpRequests() {}

    /** MCP sends every message by POST with a JSON body, in all revisions. */
    static boolean mayBeMcp(HttpRequest head) {
        return head.method().equals(HttpMethod.POST) && typeOf(head.headers()) == BodyType.JSON;
    }

    /** A client of the old era asks for the stream of its session, which has no end to wait for. */
    static boolean asksForStream(HttpRequest head) {
        return head.method().equals(HttpMethod.GET)
                && head.headers().containsValue(HttpHeaderNames.ACCEPT, EVENT_STREAM, true);
    }

    /** Whether a GET is of the transport in which a stream belongs to a session, rather than the other way round. */
    static boolean namesSession(HttpRequest head) {
        HttpHeaders headers = head.headers();
        return headers.contains(HeaderNames.MCP_SESSION_ID) || headers.contains(HeaderNames.LAST_EVENT_ID);
    }

    /** What a body is, as far as it matters here. */
    enum BodyType {
        JSON,
        EVENT_STREAM,
        OTHER
    }

    static BodyType typeOf(HttpHeaders headers) {
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
        if (type == null) {
            return BodyType.OTHER;
        }
        return isType(type, JSON) ? BodyType.JSON : isType(type, EVENT_STREAM) ? BodyType.EVENT_STREAM : BodyType.OTHER;
    }

    /** JSON in the one charset that it has (RFC 8259, 8.1), and that is read here. */
    static boolean isPlainJson(String type) {
        if (!isType(type, JSON)) {
            return false;
        }
        String parameters = type.substring(JSON.length()).toLowerCase(Locale.ROOT);
        int charset = parameters.indexOf(CHARSET);
        return charset < 0
                || (parameters.indexOf(CHARSET, charset + 1) < 0
                        && UTF_8.matcher(parameters.substring(charset)).matches());
    }

    private static boolean isType(String type, String expected) {
        if (!type.regionMatches(true, 0, expected, 0, expected.length())) {
            return false;
        }
        return type.length() == expected.length() || ";, \t".indexOf(type.charAt(expected.length())) >= 0;
    }
}
