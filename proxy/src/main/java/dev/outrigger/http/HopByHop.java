package dev.outrigger.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.List;

/**
 * Removes the headers that are meant for one connection only: the fixed ones of RFC 9110 §7.6.1 and those that the message's
 * own {@code Connection} header lists. {@code TE: trailers} stays, because a client without it gets no trailers.
 */
public final class HopByHop {
    private static final AsciiString[] FIXED = {
        HttpHeaderNames.CONNECTION,
        HeaderNames.KEEP_ALIVE,
        HeaderNames.PROXY_CONNECTION,
        HttpHeaderNames.TRANSFER_ENCODING,
        HttpHeaderNames.UPGRADE,
        HttpHeaderNames.TE,
    };

    /** Between a client and the proxy that it has chosen. */
    private static final AsciiString[] OF_PROXIES = {
        HttpHeaderNames.PROXY_AUTHENTICATE, HttpHeaderNames.PROXY_AUTHORIZATION,
    };

    private static final AsciiString[] NEVER_TRAILING = {
        HttpHeaderNames.CONTENT_ENCODING,
        HttpHeaderNames.CONTENT_TYPE,
        HttpHeaderNames.CONTENT_RANGE,
        HttpHeaderNames.COOKIE,
        HttpHeaderNames.SET_COOKIE,
        HttpHeaderNames.TRAILER,
    };

    private HopByHop() {}

    /** Removes them all. */
    public static void strip(HttpHeaders headers) {
        stripConnection(headers);
        for (AsciiString name : OF_PROXIES) {
            headers.remove(name);
        }
    }

    /** Removes those of a message of this client's, or to it. One that knows of no proxy here may speak to another one. */
    public static void strip(HttpHeaders headers, ClientInfo client) {
        if (client.isOutbound()) {
            stripConnection(headers);
        } else {
            strip(headers);
        }
    }

    private static void stripConnection(HttpHeaders headers) {
        if (headers.contains(HttpHeaderNames.CONNECTION)) {
            removeListed(headers);
        }
        boolean trailers = headers.contains(HttpHeaderNames.TE)
                && headers.containsValue(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS, true);
        for (AsciiString name : FIXED) {
            headers.remove(name);
        }
        if (trailers) {
            headers.set(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS);
        }
    }

    /**
     * Removes what must not stand in trailers (RFC 9110 §6.5.1): a recipient may merge them into the headers, and what was
     * decided by those must not change behind its back.
     */
    public static void stripTrailers(HttpHeaders trailers) {
        if (trailers.isEmpty()) {
            return;
        }
        for (AsciiString name : FIXED) {
            trailers.remove(name);
        }
        for (AsciiString name : OF_PROXIES) {
            trailers.remove(name);
        }
        for (AsciiString name : NEVER_TRAILING) {
            trailers.remove(name);
        }
        for (String name : trailers.names()) {
            if (isEndToEnd(name)) {
                trailers.remove(name);
            }
        }
    }

    private static void removeListed(HttpHeaders headers) {
        List<String> values = headers.getAll(HttpHeaderNames.CONNECTION);
        for (String value : values) {
            if (isPlain(value)) {
                continue;
            }
            for (String token : value.split(",", -1)) {
                String name = token.trim();
                if (!name.isEmpty() && !isEndToEnd(name)) {
                    headers.remove(name);
                }
            }
        }
    }

    private static boolean isPlain(String value) {
        return HttpHeaderValues.KEEP_ALIVE.contentEqualsIgnoreCase(value)
                || HttpHeaderValues.CLOSE.contentEqualsIgnoreCase(value);
    }

    /**
     * Headers that frame or address the message are never connection options; a client that lists them tries to smuggle
     * (RFC 9110 §7.6.1 forbids it).
     */
    private static boolean isEndToEnd(String name) {
        return HttpHeaderNames.HOST.contentEqualsIgnoreCase(name)
                || HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)
                || HttpHeaderNames.TE.contentEqualsIgnoreCase(name)
                || HttpHeaderNames.AUTHORIZATION.contentEqualsIgnoreCase(name)
                || name.regionMatches(true, 0, "mcp-", 0, 4)
                || name.regionMatches(true, 0, "x-forwarded-", 0, 12);
    }
}
