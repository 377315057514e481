package dev.outrigger.app;

import dev.outrigger.admin.LiveGuards;
import dev.outrigger.admin.OpsGuard;
import dev.outrigger.admin.OpsServer;
import dev.outrigger.config.model.HostPort;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.transport.PortHandOver;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ServerChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The status or the admin port, moved to another address or guarded in another way when the configuration says so. */
final class OpsPort implements Reloadable {
    private final Function<ProxyConfig, HostPort> bindOf;
    private final Guards guards;
    private final Function<OpsGuard, OpsServer> servers;
    private final Class<? extends ServerChannel> channelType;
    private final boolean shared;
    private LiveGuards inForce = new LiveGuards(List.of());
    private @Nullable OpsServer server;
    private @Nullable HostPort bind;
    private InetSocketAddress address = new InetSocketAddress(0);

    /**
     * @param servers makes one that is not started yet, with this guard
     * @param channelType what they listen with
     * @param shared whether another process may take the port over
     */
    OpsPort(
            Function<ProxyConfig, HostPort> bindOf,
            Guards guards,
            Function<OpsGuard, OpsServer> servers,
            Class<? extends ServerChannel> channelType,
            boolean shared) {
        this.bindOf = bindOf;
        this.guards = guards;
        this.servers = servers;
        this.channelType = channelType;
        this.shared = shared;
    }

    @Override
    public Prepared prepare(ProxyConfig next) throws IOException {
        List<OpsGuard> nextGuards = guards.of(next);
        HostPort wanted = bindOf.apply(next);
        OpsServer old = server;
        if (old != null && wanted.equals(bind)) {
            return Prepared.of(() -> inForce.replace(nextGuards));
        }
        // Guarded as the next configuration wants it from its first request on.
        LiveGuards own = new LiveGuards(nextGuards);
        OpsServer fresh = servers.apply(own);
        InetSocketAddress bound = fresh.start(new InetSocketAddress(wanted.host(), wanted.port()), this::share);
        return new Prepared() {
            @Override
            public void commit() {
                server = fresh;
                bind = wanted;
                address = bound;
                inForce = own;
                if (old != null) {
                    closeOnItsOwn(old);
                }
            }

            @Override
            public void abandon() {
                fresh.close();
            }
        };
    }

    /** Closing waits for answers under way, and one of them may be to the request that this commit is for. */
    private static void closeOnItsOwn(OpsServer old) {
        Thread closing = new Thread(old::close, "outrigger-port-closing");
        closing.setDaemon(true);
        closing.start();
    }

    private void share(ServerBootstrap bootstrap) {
        if (shared) {
            PortHandOver.share(bootstrap, channelType);
        }
    }

    /** Where it really listens. */
    InetSocketAddress address() {
        return address;
    }

    /** Lets the process that takes over have new connections, if there is one. */
    void handOver() {
        if (server != null && shared) {
            PortHandOver.yieldPort(server.channel());
        }
    }

    void close() {
        if (server != null) {
            server.close();
        }
    }

    /** Who is let in, as a configuration says. */
    @FunctionalInterface
    interface Guards {
        /** @throws IOException if a secret can not be read */
        List<OpsGuard> of(ProxyConfig config) throws IOException;
    }
}
