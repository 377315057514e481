package dev.outrigger.admin;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpContentException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a request must keep to before anything else looks at it (RFC 9112 §3.2). After a refusal the connection closes,
 * because where the next request would begin is in doubt.
 */
final class HeadRules {
    private static final String HTTP = "http://";

    private HeadRules() {}

    /** @return null if the request is well formed; its target is in origin form then */
    static @Nullable OpsReply check(FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return undecodable(request.decoderResult().cause());
        }
        HttpVersion version = request.protocolVersion();
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            return OpsReply.error(505, "version not supported, expected HTTP/1.1 or HTTP/1.0");
        }
        String expectation = request.headers().get(HttpHeaderNames.EXPECT);
        if (expectation != null && !HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expectation)) {
            return OpsReply.error(417, "expectation not supported, expected 100-continue");
        }
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1 || (hosts.isEmpty() && version.equals(HttpVersion.HTTP_1_1))) {
            return malformed(hosts.size() + " Host headers, expected one");
        }
        return checkTarget(request, hosts.isEmpty() ? "" : hosts.get(0));
    }

    private static @Nullable OpsReply checkTarget(FullHttpRequest request, String host) {
        String target = request.uri();
        if (target.toLowerCase(Locale.ROOT).startsWith(HTTP)) {
            int slash = target.indexOf('/', HTTP.length());
            String authority = target.substring(HTTP.length(), slash < 0 ? target.length() : slash);
            if (!authority.equalsIgnoreCase(host)) {
                return malformed("the target names another host than the Host header");
            }
            target = slash < 0 ? "/" : target.substring(slash);
            request.setUri(target);
        }
        return target.startsWith("/") ? null : malformed("request target, expected one that begins with /");
    }

    private static OpsReply undecodable(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return OpsReply.error(414, "request line too long");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return OpsReply.error(431, "headers too long");
        }
        if (cause instanceof TooLongHttpContentException) {
            return OpsReply.error(413, String.valueOf(cause.getMessage()));
        }
        return malformed("malformed request");
    }

    static OpsReply malformed(String why) {
        return OpsReply.error(400, why);
    }
}
