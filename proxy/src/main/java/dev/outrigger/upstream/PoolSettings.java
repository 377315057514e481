package dev.outrigger.upstream;

import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.config.model.UpstreamHttp2Config;
import dev.outrigger.transport.Dial;
import dev.outrigger.transport.Dial.Offer;
import dev.outrigger.transport.Http2ClientLimits;
import dev.outrigger.transport.LocalEnd;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What one worker's pool of an endpoint is held to.
 *
 * @param dial how it connects
 * @param http2Dial how it connects for exchanges of clients that speak HTTP/2, in a pool of its own; null: as for all others
 * @param proxyProtocol whether and how endpoints are told whose connection they get
 * @param sources where connections come from
 */
record PoolSettings(
        PoolLimits limits,
        Dial dial,
        @Nullable Dial http2Dial,
        UpstreamConfig.SendProxyProtocol proxyProtocol,
        Sources sources) {
    /** From whichever address the system takes. */
    PoolSettings(
            PoolLimits limits, Dial dial, @Nullable Dial http2Dial, UpstreamConfig.SendProxyProtocol proxyProtocol) {
        this(limits, dial, http2Dial, proxyProtocol, Sources.ANY);
    }

    /** The same towards an original destination. */
    PoolSettings from(Sources wanted, InetSocketAddress destination) {
        LocalEnd end = wanted.towards(destination);
        Dial twin = http2Dial == null ? null : http2Dial.from(end);
        return new PoolSettings(limits, dial.from(end), twin, proxyProtocol, wanted);
    }

    static PoolSettings of(UpstreamConfig config, int workers) {
        Http2ClientLimits http2 = limits(config.http2());
        // Nobody but the client can say what an endpoint speaks that is not asked in a handshake.
        boolean asClient = config.protocol() == UpstreamConfig.Protocol.AUTO
                && config.tls().isEmpty();
        Offer offer =
                switch (config.protocol()) {
                    case HTTP1 -> Offer.HTTP1;
                    case HTTP2 -> Offer.HTTP2;
                    case AUTO -> asClient ? Offer.HTTP1 : Offer.EITHER;
                };
        return new PoolSettings(
                PoolLimits.of(config.pool(), workers),
                new Dial(
                        offer,
                        http2,
                        config.tls()
                                .map(tls -> new Dial.Security(config.name(), tls))
                                .orElse(null)),
                asClient ? new Dial(Offer.HTTP2, http2, null) : null,
                config.sendProxyProtocol());
    }

    private static Http2ClientLimits limits(UpstreamHttp2Config config) {
        return new Http2ClientLimits(
                config.maxConcurrentStreams(),
                config.streamWindowBytes(),
                config.connectionWindowBytes(),
                config.keepAliveInterval().toNanos(),
                config.keepAliveTimeout().toNanos());
    }
}
