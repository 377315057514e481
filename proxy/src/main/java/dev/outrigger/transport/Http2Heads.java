package dev.outrigger.transport;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Heads and trailers of HTTP/2 as those of HTTP/1.1 and back (RFC 9113 §8), so that an exchange knows one message model.
 *
 * <p>Written here rather than taken from Netty's {@code HttpConversionUtil}, because that keeps header values which HTTP/1.1
 * reads as further lines, lets {@code Host} contradict {@code :authority}, and adds headers of its own. What is malformed
 * comes out as a message with a failed decoder result, as the HTTP/1.1 decoder tells it.
 */
final class Http2Heads {
    private static final AsciiString HTTP2_SETTINGS = AsciiString.cached("http2-settings");
    private static final AsciiString SEC_WEBSOCKET_ACCEPT = HttpHeaderNames.SEC_WEBSOCKET_ACCEPT;
    private static final int FIRST_STATUS = 100;
    private static final int LAST_STATUS = 999;

    private Http2Heads() {}

    // ---- from HTTP/2

    /**
     * The request in HTTP/1.1's words: {@code :authority} as {@code Host}, cookie crumbs joined, chunked if its length is
     * unknown. An extended CONNECT (RFC 8441) becomes what asks for the same in HTTP/1.1: a GET with {@code Upgrade}.
     *
     * @param ends whether no body follows
     * @return with a failed decoder result if malformed (RFC 9113 §8.1.1)
     */
    static HttpRequest toRequest(Http2Headers from, boolean ends) {
        HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
        try {
            return request(from, headers, ends);
        } catch (IllegalArgumentException malformed) {
            HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/", headers.clear());
            request.setDecoderResult(DecoderResult.failure(malformed));
            return request;
        }
    }

    private static HttpRequest request(Http2Headers from, HttpHeaders headers, boolean ends) {
        String name = required(from, PseudoHeaderName.METHOD);
        require(HttpHeaderValidationUtil.validateToken(name) == -1, "method");
        HttpMethod method = HttpMethod.valueOf(name);
        boolean connect = method.equals(HttpMethod.CONNECT);
        CharSequence protocol = only(from, PseudoHeaderName.PROTOCOL);
        require(protocol == null || connect, "protocol");
        CharSequence authority = only(from, PseudoHeaderName.AUTHORITY);
        if (authority != null) {
            headers.set(HttpHeaderNames.HOST, authority);
        }
        copy(from, headers, authority);
        joinCookies(headers);
        require(!from.contains(PseudoHeaderName.STATUS.value()), "status");
        if (connect && protocol == null) {
            require(authority != null, "authority");
            require(!from.contains(PseudoHeaderName.SCHEME.value()), "scheme");
            require(!from.contains(PseudoHeaderName.PATH.value()), "path");
            return request(method, String.valueOf(authority), headers);
        }
        require(!required(from, PseudoHeaderName.SCHEME).isEmpty(), "scheme");
        String path = required(from, PseudoHeaderName.PATH);
        require(!path.isEmpty(), "path");
        if (protocol != null) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
            headers.set(HttpHeaderNames.UPGRADE, protocol);
            return request(HttpMethod.GET, path, headers);
        }
        frame(method, headers, ends);
        return request(method, path, headers);
    }

    private static HttpRequest request(HttpMethod method, String target, HttpHeaders headers) {
        return new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, target, headers);
    }

    /** Says where the body ends, as HTTP/1.1 has to; servers answer 411 to a POST that says nothing. */
    private static void frame(HttpMethod method, HttpHeaders headers, boolean ends) {
        if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            return;
        }
        if (!ends) {
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        } else if (method.equals(HttpMethod.POST) || method.equals(HttpMethod.PUT) || method.equals(HttpMethod.PATCH)) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, HttpHeaderValues.ZERO);
        }
    }

    /**
     * The answer in HTTP/1.1's words. Its length stays unknown if it has no {@code Content-Length}: whoever frames it decides.
     *
     * @return with a failed decoder result if malformed
     */
    static HttpResponse toResponse(Http2Headers from) {
        HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
        try {
            require(from.getAll(PseudoHeaderName.STATUS.value()).size() == 1, "status");
            int status = AsciiString.of(from.status()).parseInt();
            require(status >= FIRST_STATUS && status <= LAST_STATUS, "status");
            copy(from, headers, null);
            return new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), headers);
        } catch (IllegalArgumentException malformed) {
            HttpResponse response =
                    new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_GATEWAY, headers.clear());
            response.setDecoderResult(DecoderResult.failure(malformed));
            return response;
        }
    }

    /**
     * Trailers without what must not be one (RFC 9110 §6.5.1).
     *
     * @return null if malformed: a pseudo header, or what HTTP/1.1 could not carry
     */
    static @Nullable HttpHeaders toTrailers(Http2Headers from) {
        HttpHeaders trailers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
        try {
            for (Map.Entry<CharSequence, CharSequence> field : from) {
                CharSequence name = field.getKey();
                require(!Http2Headers.PseudoHeaderName.hasPseudoHeaderFormat(name), "trailer");
                if (mayTrail(name)) {
                    add(trailers, name, field.getValue());
                }
            }
            return trailers;
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    private static void copy(Http2Headers from, HttpHeaders into, @Nullable CharSequence authority) {
        for (Map.Entry<CharSequence, CharSequence> field : from) {
            CharSequence name = field.getKey();
            if (PseudoHeaderName.hasPseudoHeaderFormat(name)) {
                require(PseudoHeaderName.isPseudoHeader(name), "pseudo header");
            } else if (authority != null && HttpHeaderNames.HOST.contentEquals(name)) {
                // They must agree (RFC 9113 §8.3.1); two readers could go to two places else.
                require(AsciiString.contentEqualsIgnoreCase(authority, field.getValue()), "host");
            } else {
                require(!isConnectionSpecific(name), "connection header");
                require(
                        !HttpHeaderNames.TE.contentEquals(name)
                                || HttpHeaderValues.TRAILERS.contentEqualsIgnoreCase(field.getValue()),
                        "te");
                add(into, name, field.getValue());
            }
        }
    }

    /** The headers' own validation refuses what would end a line of HTTP/1.1. */
    private static void add(HttpHeaders headers, CharSequence name, CharSequence value) {
        int length = value.length();
        require(length == 0 || !(isBlank(value.charAt(0)) || isBlank(value.charAt(length - 1))), "header value");
        headers.add(name, value);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /** A client may send one cookie header per cookie for the sake of compression (RFC 9113 §8.2.3). */
    private static void joinCookies(HttpHeaders headers) {
        String first = headers.get(HttpHeaderNames.COOKIE);
        if (first == null) {
            return;
        }
        Iterator<String> crumbs = headers.valueStringIterator(HttpHeaderNames.COOKIE);
        crumbs.next();
        if (crumbs.hasNext()) {
            headers.set(HttpHeaderNames.COOKIE, String.join("; ", headers.getAll(HttpHeaderNames.COOKIE)));
        }
    }

    private static String required(Http2Headers from, PseudoHeaderName name) {
        CharSequence value = only(from, name);
        require(value != null, name.name());
        return String.valueOf(value);
    }

    private static @Nullable CharSequence only(Http2Headers from, PseudoHeaderName name) {
        Iterator<CharSequence> values = from.valueIterator(name.value());
        if (!values.hasNext()) {
            return null;
        }
        CharSequence value = values.next();
        require(!values.hasNext(), name.name());
        return value;
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException("malformed " + what);
        }
    }

    // ---- to HTTP/2

    /**
     * The request in HTTP/2's words. One that asks for an upgrade becomes an extended CONNECT (RFC 8441): to be sent only to
     * a peer that said that it knows it.
     *
     * @param request in origin form, with a {@code Host}; not changed
     * @param scheme {@code http} or {@code https}
     */
    static Http2Headers toRequestHeaders(HttpRequest request, String scheme) {
        HttpHeaders from = request.headers();
        String upgrade = from.get(HttpHeaderNames.UPGRADE);
        Http2Headers headers = new DefaultHttp2Headers(false);
        headers.method(upgrade == null ? request.method().asciiName() : HttpMethod.CONNECT.asciiName());
        if (upgrade != null) {
            headers.add(PseudoHeaderName.PROTOCOL.value(), upgrade);
        }
        if (!request.method().equals(HttpMethod.CONNECT)) {
            headers.scheme(scheme);
            headers.path(request.uri());
        }
        String host = from.get(HttpHeaderNames.HOST);
        if (host != null && !host.isEmpty()) {
            headers.authority(host);
        }
        copy(from, headers);
        if (upgrade != null) {
            headers.remove(HttpHeaderNames.SEC_WEBSOCKET_KEY);
        }
        return headers;
    }

    /**
     * The answer in HTTP/2's words; not changed.
     *
     * <p>HTTP/2 has no 101: what follows an extended CONNECT is simply the stream, and its answer is 200.
     */
    static Http2Headers toResponseHeaders(HttpResponse response) {
        boolean switched = response.status().code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code();
        HttpResponseStatus status = switched ? HttpResponseStatus.OK : response.status();
        Http2Headers headers = new DefaultHttp2Headers(false);
        headers.status(status.codeAsText());
        copy(response.headers(), headers);
        if (switched) {
            headers.remove(SEC_WEBSOCKET_ACCEPT);
        }
        return headers;
    }

    /** Trailers in HTTP/2's words, without what must not be one. */
    static Http2Headers toTrailers(HttpHeaders from) {
        Http2Headers trailers = new DefaultHttp2Headers(false);
        Iterator<Map.Entry<CharSequence, CharSequence>> fields = from.iteratorCharSequence();
        while (fields.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = fields.next();
            AsciiString name = AsciiString.of(field.getKey()).toLowerCase();
            if (mayTrail(name)) {
                trailers.add(name, field.getValue());
            }
        }
        return trailers;
    }

    private static void copy(HttpHeaders from, Http2Headers into) {
        Iterator<Map.Entry<CharSequence, CharSequence>> fields = from.iteratorCharSequence();
        while (fields.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = fields.next();
            AsciiString name = AsciiString.of(field.getKey()).toLowerCase();
            if (HttpHeaderNames.TE.equals(name)) {
                if (AsciiString.contentEqualsIgnoreCase(field.getValue(), HttpHeaderValues.TRAILERS)) {
                    into.add(name, HttpHeaderValues.TRAILERS);
                }
            } else if (!isConnectionSpecific(name) && !HttpHeaderNames.HOST.equals(name)) {
                into.add(name, field.getValue());
            }
        }
    }

    /** What RFC 9113 §8.2.2 forbids in any message. */
    private static boolean isConnectionSpecific(CharSequence name) {
        return HttpHeaderValidationUtil.isConnectionHeader(name, true) || HTTP2_SETTINGS.contentEquals(name);
    }

    private static boolean mayTrail(CharSequence name) {
        return !isConnectionSpecific(name)
                && !HttpHeaderNames.CONTENT_LENGTH.contentEquals(name)
                && !HttpHeaderNames.HOST.contentEquals(name)
                && !HttpHeaderNames.TE.contentEquals(name)
                && !HttpHeaderNames.TRAILER.contentEquals(name);
    }
}
