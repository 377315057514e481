package dev.outrigger.transport;

import dev.outrigger.config.model.ServerTlsConfig;
import io.netty.handler.ssl.SslContext;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards the clients of one listener, as one configuration and one state of its files have it. Who holds this may make
 * connections with its contexts, see {@link TlsContexts}.
 */
public final class ServerTls {
    private final ServerTlsConfig config;
    private final ServerNames<SslContext> contexts;
    private final List<SessionTickets> tickets;
    private final Consumer<SslContext> onHandshake;
    private final List<OwnCertificate> certificates;
    private final InstantSource wallClock;

    /**
     * @param tickets empty if the library takes care of them, or if there are none
     * @param onHandshake told of the context of each handshake that begins; called by any loop
     */
    ServerTls(
            ServerTlsConfig config,
            ServerNames<SslContext> contexts,
            List<SessionTickets> tickets,
            Consumer<SslContext> onHandshake,
            List<OwnCertificate> certificates,
            InstantSource wallClock) {
        this.config = config;
        this.contexts = contexts;
        this.tickets = List.copyOf(tickets);
        this.onHandshake = onHandshake;
        this.certificates = List.copyOf(certificates);
        this.wallClock = wallClock;
    }

    ServerTlsConfig config() {
        return config;
    }

    /**
     * The context for a handshake that begins.
     *
     * @param serverName that the client asked for, in lower case; null if it named none
     */
    SslContext context(@Nullable String serverName) {
        SslContext context = contexts.find(serverName);
        onHandshake.accept(context);
        return context;
    }

    /** That sessions are dated by. */
    InstantSource wallClock() {
        return wallClock;
    }

    List<OwnCertificate> certificates() {
        return certificates;
    }

    /** Replaces the keys of session tickets that are old enough. */
    void renewTickets(long nowNanos) {
        tickets.forEach(each -> each.renew(nowNanos));
    }
}
