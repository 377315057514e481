package dev.outrigger.transport;

import dev.outrigger.config.model.ClientTlsConfig;
import dev.outrigger.config.model.ListenerConfig;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.config.model.ServerTlsConfig;
import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.time.NanoClock;
import io.netty.handler.ssl.ApplicationProtocolNames;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The TLS in force, by listener and by upstream.
 *
 * <p>Apart from listeners and upstreams, because certificates are renewed on their own: a new file is no new configuration,
 * and neither sockets nor pools have anything to do with it. Each connection asks here at its start and keeps what it got.
 *
 * <p>Read by any thread; changed by one at a time, which may block.
 */
public final class TlsTable implements TlsSource {
    private static final Logger LOG = System.getLogger(TlsTable.class.getName());

    private final Supplier<TlsContexts> library;
    private final NanoClock clock;
    private @Nullable TlsContexts loaded;
    private volatile Contents contents = Contents.NONE;

    /** @param library loaded by the first configuration that has any TLS: a start without is not to wait for it */
    public TlsTable(Supplier<TlsContexts> library, NanoClock clock) {
        this.library = library;
        this.clock = clock;
    }

    @Override
    public @Nullable ServerTls server(String listener) {
        Made<ServerTls> made = contents.servers.get(listener);
        return made == null ? null : made.tls;
    }

    @Override
    public @Nullable ClientTls client(String upstream) {
        Made<ClientTls> made = contents.clients.get(upstream);
        return made == null ? null : made.tls;
    }

    /** Every certificate that the sidecar shows now. */
    public List<OwnCertificate> certificates() {
        Contents current = contents;
        List<OwnCertificate> all = new ArrayList<>();
        current.servers.values().forEach(made -> all.addAll(made.tls.certificates()));
        current.clients.values().forEach(made -> all.addAll(made.tls.certificates()));
        return all;
    }

    /**
     * Reads all files anew and makes what a configuration needs, without any effect. What has not changed is not made again,
     * so that its sessions can be resumed.
     *
     * @throws IOException naming the place in the configuration, the file, and what was expected of it
     */
    public Contents prepare(ProxyConfig next) throws IOException {
        Contents before = contents;
        Map<String, Made<ServerTls>> servers = new HashMap<>();
        for (ListenerConfig listener : next.listeners()) {
            Optional<ServerTlsConfig> tls = listener.tls();
            if (tls.isPresent()) {
                Made<ServerTls> made = make(
                        "outrigger.listeners." + listener.name(),
                        before.servers.get(listener.name()),
                        new Wanted<>(
                                tls.get(),
                                protocols(listener),
                                FilePrints.of(tls.get().files())),
                        wanted -> contexts().server(listener.name(), wanted.config, wanted.protocols));
                servers.put(listener.name(), made);
            }
        }
        Map<String, Made<ClientTls>> clients = new HashMap<>();
        for (UpstreamConfig upstream : next.upstreams()) {
            Optional<ClientTlsConfig> tls = upstream.tls();
            if (tls.isPresent()) {
                Made<ClientTls> made = make(
                        "outrigger.upstreams." + upstream.name(),
                        before.clients.get(upstream.name()),
                        new Wanted<>(
                                tls.get(),
                                protocols(upstream),
                                FilePrints.of(tls.get().files())),
                        wanted -> contexts().client(upstream.name(), wanted.config, wanted.protocols));
                clients.put(upstream.name(), made);
            }
        }
        return new Contents(servers, clients);
    }

    private TlsContexts contexts() {
        TlsContexts known = loaded;
        if (known == null) {
            known = library.get();
            loaded = known;
        }
        return known;
    }

    private static <C, T> Made<T> make(String place, @Nullable Made<T> before, Wanted<C> wanted, Maker<C, T> maker)
            throws IOException {
        if (before != null && before.from.equals(wanted)) {
            return before;
        }
        try {
            return new Made<>(wanted, maker.make(wanted));
        } catch (IOException e) {
            throw new IOException(place + ".tls: " + e.getMessage(), e);
        }
    }

    private static List<String> protocols(ListenerConfig listener) {
        return listener.protocol() == ListenerConfig.Protocol.TCP
                ? List.of()
                : List.of(ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1);
    }

    private static List<String> protocols(UpstreamConfig upstream) {
        return switch (upstream.protocol()) {
            case HTTP1 -> List.of(ApplicationProtocolNames.HTTP_1_1);
            case HTTP2 -> List.of(ApplicationProtocolNames.HTTP_2);
            case AUTO -> List.of(ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1);
        };
    }

    /** Puts it into force for the connections from now on. */
    public void commit(Contents prepared) {
        boolean begins = contents.isEmpty() && !prepared.isEmpty();
        contents = prepared;
        if (begins) {
            LOG.log(Level.INFO, "TLS is done by " + contexts().kind().label());
        }
    }

    /** Replaces the keys of session tickets that are old enough. To be called more often than sessions time out. */
    public void renewTickets() {
        long nowNanos = clock.nanoTime();
        contents.servers.values().forEach(made -> made.tls.renewTickets(nowNanos));
    }

    /** The TLS of one configuration. */
    public static final class Contents {
        private static final Contents NONE = new Contents(Map.of(), Map.of());

        private final Map<String, Made<ServerTls>> servers;
        private final Map<String, Made<ClientTls>> clients;

        private Contents(Map<String, Made<ServerTls>> servers, Map<String, Made<ClientTls>> clients) {
            this.servers = Map.copyOf(servers);
            this.clients = Map.copyOf(clients);
        }

        private boolean isEmpty() {
            return servers.isEmpty() && clients.isEmpty();
        }
    }

    /**
     * Everything that decides what comes out.
     *
     * @param prints of the files, taken before they are read for good: what changes in between is news at the next look
     */
    private record Wanted<C>(C config, List<String> protocols, List<String> prints) {}

    private record Made<T>(Wanted<?> from, T tls) {}

    private interface Maker<C, T> {
        T make(Wanted<C> wanted) throws IOException;
    }
}
