package dev.outrigger.transport;

import dev.outrigger.config.model.ClientTlsConfig;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;

/**
 * TLS towards one upstream, as one configuration and one state of its files have it. Who holds this may make connections with
 * its context, see {@link TlsContexts}.
 */
public final class ClientTls {
    private final ClientTlsConfig config;
    private final SslContext context;
    private final List<OwnCertificate> certificates;
    private final InstantSource wallClock;

    ClientTls(ClientTlsConfig config, SslContext context, List<OwnCertificate> certificates, InstantSource wallClock) {
        this.config = config;
        this.context = context;
        this.certificates = List.copyOf(certificates);
        this.wallClock = wallClock;
    }

    /** The time that sessions are dated by. */
    long nowEpochMillis() {
        return wallClock.millis();
    }

    List<OwnCertificate> certificates() {
        return certificates;
    }

    /**
     * The handler of one connection, which begins the handshake as soon as the connection stands, and gives it up in time.
     *
     * @param endpoint whose host is asked for and looked for, unless the configuration names another
     */
    SslHandler handler(ByteBufAllocator alloc, InetSocketAddress endpoint) {
        String host = config.serverName().orElse(endpoint.getHostString());
        SslHandler handler = context.newHandler(alloc, host, endpoint.getPort());
        handler.setHandshakeTimeout(config.handshakeTimeout().toNanos(), TimeUnit.NANOSECONDS);
        // An address is no name to ask for (RFC 6066, 3). The JDK on its own leaves names without a dot out as well.
        if (!NetUtil.isValidIpV4Address(host) && !NetUtil.isValidIpV6Address(host)) {
            SSLParameters parameters = handler.engine().getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(host)));
            handler.engine().setSSLParameters(parameters);
        }
        return handler;
    }
}
