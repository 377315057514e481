package dev.outrigger.exchange;

import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.HeaderNames;
import dev.outrigger.http.HopByHop;
import dev.outrigger.http.TlsSession;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.TraceContext;
import dev.outrigger.route.Upgrades;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * Makes the head for the upstream out of the client's, in place: hop-by-hop headers go, the forwarding, request id and trace
 * headers come, the client's certificate is told, and everything else stays as it was: an upgrade that the route allows, and
 * {@code Host} in particular, because a server's guard against DNS rebinding
 * looks at it.
 */
final class RequestHeadRewriter {
    private RequestHeadRewriter() {}

    static void rewrite(
            HttpRequest head, ExchangeRecord record, ClientInfo client, TraceContext traces, Upgrades upgrades) {
        HttpHeaders headers = head.headers();
        boolean chunked = HttpUtil.isTransferEncodingChunked(head);
        String upgrade = Upgrade.wanted(head, upgrades);
        HopByHop.strip(headers, client);
        if (!client.isOutbound()) {
            forward(headers, client);
        }
        headers.remove(HttpHeaderNames.EXPECT);
        if (chunked) {
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        if (upgrade != null) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
            headers.set(HttpHeaderNames.UPGRADE, upgrade);
        }
        if (!head.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
            head.setProtocolVersion(HttpVersion.HTTP_1_1);
            if (!headers.contains(HttpHeaderNames.HOST)) {
                headers.set(HttpHeaderNames.HOST, record.endpoint);
            }
        }
        headers.set(HeaderNames.X_REQUEST_ID, record.requestId);
        if (record.isTraced()) {
            headers.set(HeaderNames.TRACEPARENT, traces.traceparent(record));
            String state = record.traceState;
            if (state == null) {
                headers.remove(HeaderNames.TRACESTATE);
            } else if (record.linkSpanId != 0 || !headers.contains(HeaderNames.TRACESTATE)) {
                // The message's own context is continued, not the one that came with HTTP.
                headers.set(HeaderNames.TRACESTATE, state);
            }
        }
    }

    /** Tells a server whose call it is. What the application asks others is nobody's but its own. */
    private static void forward(HttpHeaders headers, ClientInfo client) {
        String forwardedFor = headers.get(HeaderNames.X_FORWARDED_FOR);
        headers.set(
                HeaderNames.X_FORWARDED_FOR,
                forwardedFor == null ? client.address() : forwardedFor + ", " + client.address());
        if (!headers.contains(HeaderNames.X_FORWARDED_PROTO)) {
            headers.set(HeaderNames.X_FORWARDED_PROTO, client.scheme());
        }
        forwardCertificate(headers, client.tls());
    }

    /** What a client itself says of its certificate is worth nothing, unless the listener is told to trust who sends it. */
    private static void forwardCertificate(HttpHeaders headers, @Nullable TlsSession tls) {
        if (tls != null && tls.keepsForwarded()) {
            return;
        }
        String forwarded = tls == null ? null : tls.forwardedCertificate();
        if (forwarded != null) {
            headers.set(HeaderNames.X_FORWARDED_CLIENT_CERT, forwarded);
        } else {
            headers.remove(HeaderNames.X_FORWARDED_CLIENT_CERT);
        }
    }
}
