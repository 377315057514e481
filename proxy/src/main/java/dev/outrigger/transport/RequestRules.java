package dev.outrigger.transport;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * What a request's head must keep to before anything else looks at it. Netty marks some offences with a failed decoder
 * result and accepts the others, so all of them are judged here, in one place (RFC 9112 §3.2, §6.1).
 */
final class RequestRules {
    private final HttpLimits limits;

    RequestRules(HttpLimits limits) {
        this.limits = limits;
    }

    /** @return null if the head is well formed; its target is in origin form then */
    @Nullable
    Refusal check(HttpRequest request) {
        DecoderResult decoded = request.decoderResult();
        if (decoded.isFailure()) {
            return undecodable(decoded.cause());
        }
        HttpVersion version = request.protocolVersion();
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            return new Refusal(HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "version: expected HTTP/1.1 or HTTP/1.0");
        }
        HttpHeaders headers = request.headers();
        if (headers.size() > limits.headers()) {
            return new Refusal(
                    HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                    "headers: expected at most " + limits.headers() + " lines");
        }
        if (request.method().equals(HttpMethod.CONNECT)) {
            return new Refusal(HttpResponseStatus.METHOD_NOT_ALLOWED, "method: CONNECT is not allowed");
        }
        if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
                && !headers.get(HttpHeaderNames.TRANSFER_ENCODING)
                        .equalsIgnoreCase(HttpHeaderValues.CHUNKED.toString())) {
            return malformed("transfer-encoding: expected chunked alone");
        }
        Refusal expectation = checkExpectation(headers);
        return expectation != null ? expectation : checkTarget(request);
    }

    private static Refusal undecodable(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return new Refusal(HttpResponseStatus.REQUEST_URI_TOO_LONG, "request line: too long");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return new Refusal(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers: too long");
        }
        return malformed("malformed request");
    }

    private static @Nullable Refusal checkExpectation(HttpHeaders headers) {
        String expectation = headers.get(HttpHeaderNames.EXPECT);
        if (expectation == null || HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expectation)) {
            return null;
        }
        return new Refusal(HttpResponseStatus.EXPECTATION_FAILED, "expect: expected 100-continue");
    }

    private static @Nullable Refusal checkTarget(HttpRequest request) {
        HttpHeaders headers = request.headers();
        String host = null;
        Iterator<String> hosts = headers.valueStringIterator(HttpHeaderNames.HOST);
        if (hosts.hasNext()) {
            host = hosts.next();
            if (hosts.hasNext()) {
                return malformed("host: expected once");
            }
            if (!isHost(host)) {
                return malformed("host: expected host[:port]");
            }
        } else if (request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
            return malformed("host: expected once");
        }
        String target = request.uri();
        if (target.isEmpty()) {
            return malformed("target: missing");
        }
        if (target.charAt(0) == '/') {
            return isClean(target) ? null : malformed("target: unexpected character");
        }
        if (target.equals("*")) {
            return request.method().equals(HttpMethod.OPTIONS) ? null : malformed("target: * is for OPTIONS");
        }
        return toOriginForm(request, target, host);
    }

    /** {@code http://host/path} becomes {@code /path} if it names the same host as the header. */
    private static @Nullable Refusal toOriginForm(HttpRequest request, String target, @Nullable String host) {
        int authority = target.regionMatches(true, 0, "http://", 0, 7)
                ? 7
                : target.regionMatches(true, 0, "https://", 0, 8) ? 8 : -1;
        if (authority < 0 || !isClean(target)) {
            return malformed("target: expected /path, http://host/path or *");
        }
        int end = authority;
        while (end < target.length() && "/?".indexOf(target.charAt(end)) < 0) {
            end++;
        }
        String named = target.substring(authority, end);
        if (!isHost(named) || named.isEmpty() || (host != null && !named.equalsIgnoreCase(host))) {
            return malformed("target: its host is not the one of the host header");
        }
        if (host == null) {
            request.headers().set(HttpHeaderNames.HOST, named);
        }
        String rest = target.substring(end);
        request.setUri(rest.startsWith("/") ? rest : "/" + rest);
        return null;
    }

    private static boolean isClean(String target) {
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '#' || c == '\\') {
                return false;
            }
        }
        return true;
    }

    /** RFC 3986 {@code host [":" port]}: names, IPv4, bracketed IPv6; empty is allowed (RFC 9112 §3.2). */
    private static boolean isHost(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && "-._~%!$&'()*+;=:[]".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    private static Refusal malformed(String detail) {
        return new Refusal(HttpResponseStatus.BAD_REQUEST, detail);
    }

    /** @param detail what was expected, for the client */
    record Refusal(HttpResponseStatus status, String detail) {}
}
