package dev.outrigger.exchange;

import dev.outrigger.http.HopByHop;
import dev.outrigger.record.StreamKind;
import dev.outrigger.route.Upgrades;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * The request to leave HTTP and its answer (RFC 9110 §7.8, §9.3.6): what of it is passed on.
 *
 * <p>An upgrade that is not allowed is no reason to refuse the request, since the server may ignore any upgrade: it loses the
 * header and goes on as what it is without.
 */
final class Upgrade {
    private Upgrade() {}

    /**
     * The protocols that the request asks to switch to, and may.
     *
     * @param head still with its hop-by-hop headers
     * @return value of the {@code Upgrade} header to send; null if there is none
     */
    static @Nullable String wanted(HttpRequest head, Upgrades allowed) {
        HttpHeaders headers = head.headers();
        String asked = headers.get(HttpHeaderNames.UPGRADE);
        if (asked == null
                || !head.protocolVersion().equals(HttpVersion.HTTP_1_1)
                || !headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)) {
            return null;
        }
        String all = headers.getAll(HttpHeaderNames.UPGRADE).size() == 1
                ? asked
                : String.join(",", headers.getAll(HttpHeaderNames.UPGRADE));
        return allowed.of(all);
    }

    /** Whether an answer that leaves HTTP goes where the request, as it was sent, asked to. */
    static boolean isGranted(HttpRequest head, HttpResponse response) {
        if (!response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            return head.method().equals(HttpMethod.CONNECT);
        }
        String to = response.headers().get(HttpHeaderNames.UPGRADE);
        return to != null && head.headers().containsValue(HttpHeaderNames.UPGRADE, to.trim(), true);
    }

    /** Leaves of the headers that belong to one connection what says where to. */
    static void rewrite(HttpResponse response) {
        HttpHeaders headers = response.headers();
        String to = headers.get(HttpHeaderNames.UPGRADE);
        HopByHop.strip(headers);
        headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        if (to != null && response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            headers.set(HttpHeaderNames.UPGRADE, to);
        }
    }

    /** @param response that leaves HTTP */
    static StreamKind kind(HttpResponse response) {
        if (!response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            return StreamKind.CONNECT;
        }
        return response.headers().containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
                ? StreamKind.WEBSOCKET
                : StreamKind.UPGRADE;
    }
}
