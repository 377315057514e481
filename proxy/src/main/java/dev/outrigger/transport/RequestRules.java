package dev.outrigger.transport;

import dev.outrigger.config.model.HttpRulesConfig;
import dev.outrigger.config.model.HttpRulesConfig.Underscores;
import dev.outrigger.http.RequestTarget;
import dev.outrigger.record.RefusalReason;
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
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a request's head must keep to before anything else looks at it. Netty marks some offences with a failed decoder
 * result and accepts the others, so all of them are judged here, in one place (RFC 9112 §3.2, §6.1).
 */
final class RequestRules {
    private final HttpLimits limits;
    private final HttpRulesConfig rules;
    private final PathNormalizer paths;
    private final boolean keepsAuthority;

    /**
     * @param keepsAuthority whether a target in absolute form stays in it: who was asked may be a proxy that needs it. Its path
     *     is normalised all the same
     */
    RequestRules(HttpLimits limits, HttpRulesConfig rules, boolean keepsAuthority) {
        this.keepsAuthority = keepsAuthority;
        this.limits = limits;
        this.rules = rules;
        this.paths = new PathNormalizer(rules);
    }

    /** @return null if the head is well formed; its target is in origin form then, unless it keeps its authority, its path
     *     normalised, or it is a CONNECT */
    @Nullable
    Refusal check(HttpRequest request) {
        DecoderResult decoded = request.decoderResult();
        if (decoded.isFailure()) {
            return undecodable(decoded.cause());
        }
        HttpVersion version = request.protocolVersion();
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            return new Refusal(RefusalReason.VERSION, "version: expected HTTP/1.1 or HTTP/1.0");
        }
        HttpHeaders headers = request.headers();
        if (headers.size() > limits.headers()) {
            return new Refusal(
                    RefusalReason.HEADERS_TOO_LARGE, "headers: expected at most " + limits.headers() + " lines");
        }
        if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
                && !headers.get(HttpHeaderNames.TRANSFER_ENCODING)
                        .equalsIgnoreCase(HttpHeaderValues.CHUNKED.toString())) {
            return new Refusal(RefusalReason.FRAMING, "transfer-encoding: expected chunked alone");
        }
        Refusal refusal = checkExpectation(headers);
        if (refusal == null) {
            refusal = checkHost(request);
        }
        if (refusal == null) {
            refusal = checkTarget(request);
        }
        return refusal == null ? checkNames(headers) : refusal;
    }

    private static Refusal undecodable(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return new Refusal(RefusalReason.LINE_TOO_LONG, "request line: too long");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return new Refusal(RefusalReason.HEADERS_TOO_LARGE, "headers: too long");
        }
        return new Refusal(RefusalReason.SYNTAX, "malformed request");
    }

    private static @Nullable Refusal checkExpectation(HttpHeaders headers) {
        Iterator<String> expectations = headers.valueStringIterator(HttpHeaderNames.EXPECT);
        while (expectations.hasNext()) {
            if (!HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expectations.next())) {
                return new Refusal(RefusalReason.EXPECTATION, "expect: expected 100-continue");
            }
        }
        return null;
    }

    private static @Nullable Refusal checkHost(HttpRequest request) {
        Iterator<String> hosts = request.headers().valueStringIterator(HttpHeaderNames.HOST);
        if (!hosts.hasNext()) {
            return request.protocolVersion().equals(HttpVersion.HTTP_1_1) ? wrongHost("host: expected once") : null;
        }
        String host = hosts.next();
        if (hosts.hasNext()) {
            return wrongHost("host: expected once");
        }
        return isHost(host) ? null : wrongHost("host: expected host[:port]");
    }

    private @Nullable Refusal checkTarget(HttpRequest request) {
        String target = request.uri();
        if (target.isEmpty() || !isClean(target)) {
            return wrongTarget("target: unexpected character, or none at all");
        }
        if (request.method().equals(HttpMethod.CONNECT)) {
            return checkConnect(request, target);
        }
        if (target.equals("*")) {
            return request.method().equals(HttpMethod.OPTIONS) ? null : wrongTarget("target: * is for OPTIONS");
        }
        if (target.charAt(0) == '/') {
            return checkPath(request);
        }
        Refusal refusal = toOriginForm(request, target);
        if (refusal == null) {
            refusal = checkPath(request);
        }
        if (refusal == null && keepsAuthority) {
            request.setUri(target.substring(0, RequestTarget.authorityEnd(target)) + request.uri());
        }
        return refusal;
    }

    /** Its target is an authority with a port (RFC 9110 §9.3.6), and stays as it is. */
    private @Nullable Refusal checkConnect(HttpRequest request, String target) {
        if (!rules.allowConnect()) {
            return new Refusal(RefusalReason.METHOD, "method: CONNECT is not allowed");
        }
        int colon = target.lastIndexOf(':');
        boolean port = colon > 0 && colon < target.length() - 1;
        for (int i = colon + 1; i < target.length(); i++) {
            port &= target.charAt(i) >= '0' && target.charAt(i) <= '9';
        }
        if (!port || !isHost(target)) {
            return wrongTarget("target: expected host:port");
        }
        HttpHeaders headers = request.headers();
        if (headers.contains(HttpHeaderNames.CONTENT_LENGTH) || headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            // What it would frame is for some servers a body, and for others what goes into the tunnel (RFC 9110
            // §9.3.6).
            return new Refusal(RefusalReason.FRAMING, "a CONNECT has no body");
        }
        String host = headers.get(HttpHeaderNames.HOST);
        return host == null || host.equalsIgnoreCase(target) ? null : contradictsHost();
    }

    private @Nullable Refusal checkPath(HttpRequest request) {
        String target = request.uri();
        if (PathNormalizer.isPlain(target)) {
            return null;
        }
        RefusalReason reason = paths.refusal(target);
        if (reason != null) {
            return new Refusal(
                    reason,
                    reason == RefusalReason.ESCAPED_SLASH
                            ? "path: an escaped slash is not allowed"
                            : "path: expected one that every server reads the same way");
        }
        request.setUri(paths.normalize(target));
        return null;
    }

    /** {@code http://host/path} becomes {@code /path} if it names the same host as the header. */
    private static @Nullable Refusal toOriginForm(HttpRequest request, String target) {
        int authority = RequestTarget.authorityStart(target);
        if (authority < 0) {
            return wrongTarget("target: expected /path, http://host/path or *");
        }
        int end = RequestTarget.authorityEnd(target);
        String host = request.headers().get(HttpHeaderNames.HOST);
        String named = target.substring(authority, end);
        if (!isHost(named) || named.isEmpty() || (host != null && !named.equalsIgnoreCase(host))) {
            return contradictsHost();
        }
        if (host == null) {
            request.headers().set(HttpHeaderNames.HOST, named);
        }
        String rest = target.substring(end);
        request.setUri(rest.startsWith("/") ? rest : "/" + rest);
        return null;
    }

    private @Nullable Refusal checkNames(HttpHeaders headers) {
        if (rules.underscores() == Underscores.ALLOW) {
            return null;
        }
        List<CharSequence> found = List.of();
        Iterator<Map.Entry<CharSequence, CharSequence>> lines = headers.iteratorCharSequence();
        while (lines.hasNext()) {
            CharSequence name = lines.next().getKey();
            if (AsciiString.indexOf(name, '_', 0) < 0) {
                continue;
            }
            if (rules.underscores() == Underscores.REJECT) {
                return new Refusal(RefusalReason.UNDERSCORE, "headers: a name with an underscore is not allowed");
            }
            found = found.isEmpty() ? new ArrayList<>() : found;
            found.add(name);
        }
        found.forEach(headers::remove);
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

    private static Refusal wrongHost(String detail) {
        return new Refusal(RefusalReason.HOST, detail);
    }

    private static Refusal wrongTarget(String detail) {
        return new Refusal(RefusalReason.TARGET, detail);
    }

    private static Refusal contradictsHost() {
        return new Refusal(RefusalReason.HOST, "target: its host is not the one of the host header");
    }

    /** @param detail what was expected, for the client */
    record Refusal(RefusalReason reason, String detail) {
        HttpResponseStatus status() {
            return HttpResponseStatus.valueOf(reason.status());
        }
    }
}
