package dev.outrigger.app;

import dev.outrigger.admin.OpsServer;
import dev.outrigger.admin.Readiness;
import dev.outrigger.config.model.HostPort;
import dev.outrigger.config.model.ListenerConfig;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.listener.Listener;
import dev.outrigger.upstream.HealthChecker;
import dev.outrigger.upstream.Upstream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The running system: started once, stopped once.
 *
 * <p>The order is the point. Up: first the ports that tell how it is, then the first look at the upstreams, then the
 * listeners, then "ready". Down: "not ready", no new connections, what is in flight ends or its time is over, then telemetry
 * is flushed, then everything closes.
 */
final class Sidecar {
    private static final Logger LOG = System.getLogger(Sidecar.class.getName());
    /** A health check that hangs must not keep the sidecar from serving: the endpoint counts as healthy until known. */
    private static final long FIRST_CHECKS_MARGIN_MILLIS = 250;

    private final ProxyConfig config;
    private final Parts parts;
    private final List<Listener> listeners = new ArrayList<>();
    private InetSocketAddress statusAddress = new InetSocketAddress(0);
    private InetSocketAddress adminAddress = new InetSocketAddress(0);
    private boolean stopped;

    Sidecar(ProxyConfig config, Parts parts) {
        this.config = config;
        this.parts = parts;
    }

    /** @throws IOException if a port can not be bound; nothing is left running that {@link #stop()} does not end */
    void start() throws IOException, InterruptedException {
        parts.starting().run();
        statusAddress = parts.status().start(socketAddress(config.status().bind()));
        adminAddress = parts.admin().start(socketAddress(config.admin().bind()));
        parts.health().start(parts.upstreams());
        awaitFirstChecks();
        for (ListenerConfig listener : config.listeners()) {
            listeners.add(parts.listeners().open(listener));
        }
        parts.readiness().moveTo(Readiness.State.READY);
        LOG.log(Level.INFO, "ready: " + describe());
    }

    private void awaitFirstChecks() throws InterruptedException {
        long longest = config.upstreams().stream()
                .mapToLong(upstream -> upstream.healthCheck().timeout().toMillis())
                .max()
                .orElse(0);
        try {
            parts.health()
                    .firstRound()
                    .toCompletableFuture()
                    .get(longest + FIRST_CHECKS_MARGIN_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.log(Level.WARNING, "the first health checks are not done, going on without", e);
        }
    }

    private static InetSocketAddress socketAddress(HostPort bind) {
        return new InetSocketAddress(bind.host(), bind.port());
    }

    private String describe() {
        List<String> bound = new ArrayList<>();
        for (Listener listener : listeners) {
            bound.add("listener " + listener.name() + " on " + text(listener.address()));
        }
        return String.join(", ", bound) + ", status on " + text(statusAddress) + ", admin on " + text(adminAddress)
                + ", " + parts.transport();
    }

    private static String text(InetSocketAddress address) {
        return new HostPort(address.getAddress().getHostAddress(), address.getPort()).toString();
    }

    InetSocketAddress statusAddress() {
        return statusAddress;
    }

    InetSocketAddress adminAddress() {
        return adminAddress;
    }

    /** @throws IllegalArgumentException if there is no such listener */
    InetSocketAddress listenerAddress(String name) {
        return listeners.stream()
                .filter(listener -> listener.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no listener " + name))
                .address();
    }

    List<Upstream> upstreams() {
        return parts.upstreams();
    }

    /** Ends everything in order; takes at most the drain timeout and what telemetry needs. Later calls do nothing. */
    synchronized void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        parts.readiness().moveTo(Readiness.State.DRAINING);
        LOG.log(
                Level.INFO,
                "stopping: no new connections, exchanges in flight have "
                        + config.lifecycle().drainTimeout());
        long deadlineNanos =
                System.nanoTime() + config.lifecycle().drainTimeout().toNanos();
        listeners.forEach(Listener::drain);
        for (Listener listener : listeners) {
            int left = listener.awaitDrained(deadlineNanos - System.nanoTime());
            if (left > 0) {
                LOG.log(
                        Level.WARNING,
                        "listener " + listener.name() + ": " + left + " connections cut at the deadline");
            }
        }
        listeners.forEach(Listener::close);
        parts.health().stop();
        parts.status().close();
        parts.admin().close();
        LOG.log(Level.INFO, "stopped");
        parts.closing().run();
    }

    /**
     * What the sidecar is made of; see {@link ProxyAssembly}.
     *
     * @param transport name of the transport in use, for the log
     * @param starting begins what works by the clock
     * @param closing flushes telemetry and ends every thread
     */
    record Parts(
            OpsServer status,
            OpsServer admin,
            HealthChecker health,
            Readiness readiness,
            List<Upstream> upstreams,
            ListenerFactory listeners,
            String transport,
            Runnable starting,
            Runnable closing) {}

    /** Binds one listener to all workers. */
    @FunctionalInterface
    interface ListenerFactory {
        Listener open(ListenerConfig config) throws IOException;
    }
}
