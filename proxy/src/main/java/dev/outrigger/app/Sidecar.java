package dev.outrigger.app;

import dev.outrigger.admin.Readiness;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.listener.Listener;
import dev.outrigger.warmup.WarmUp;
import dev.outrigger.warmup.WarmUpResult;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The running system: started once, stopped once.
 *
 * <p>The order is the point. Up: first the ports that tell how it is, then the first look at the upstreams, then the warm-up,
 * then the listeners, then "ready". Down: "not ready", no new connections, what is in flight ends or its time is over, then
 * telemetry is flushed, then everything closes.
 */
final class Sidecar {
    private static final Logger LOG = System.getLogger(Sidecar.class.getName());

    /** Batches of lines and spans take milliseconds to write, unless the receiver is away. */
    private static final Duration LONGEST_FLUSH = Duration.ofSeconds(2);

    private final ProxyConfig first;
    private final Parts parts;
    private boolean stopped;

    Sidecar(ProxyConfig first, Parts parts) {
        this.first = first;
        this.parts = parts;
    }

    /** @throws IOException if a port can not be bound; nothing is left running that {@link #stop()} does not end */
    void start() throws IOException {
        for (Reloadable observing : parts.telemetry()) {
            observing.apply(first);
        }
        parts.starting().run();
        parts.status().apply(first);
        parts.admin().apply(first);
        parts.config().begin();
        warmUp();
        parts.listeners().apply(first);
        parts.readiness().moveTo(Readiness.State.READY);
        LOG.log(Level.INFO, "ready: " + describe());
        parts.config().watch();
    }

    /** What goes wrong here is no reason not to serve: the first exchanges are slower, that is all. */
    private void warmUp() {
        if (!first.lifecycle().warmUp()) {
            return;
        }
        try {
            WarmUpResult result = parts.warmUp().run(first.lifecycle().warmUpLimit());
            LOG.log(Level.INFO, "warm-up: " + result);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the warm-up failed, going on without", e);
        }
    }

    /** A warm-up of the whole of a time, for the virtual machine to learn from. */
    void exercise(Duration time) throws IOException {
        LOG.log(Level.INFO, "exercise: " + parts.warmUp().runFor(time));
    }

    private String describe() {
        List<String> bound = new ArrayList<>();
        for (Listener listener : parts.listeners().bound()) {
            bound.add("listener " + listener.name() + " on " + NetUtil.toSocketAddressString(listener.address()));
        }
        return String.join(", ", bound) + ", status on " + NetUtil.toSocketAddressString(statusAddress())
                + ", admin on " + NetUtil.toSocketAddressString(adminAddress()) + ", " + parts.transport();
    }

    InetSocketAddress statusAddress() {
        return parts.status().address();
    }

    InetSocketAddress adminAddress() {
        return parts.admin().address();
    }

    /** @throws IllegalArgumentException if there is no such listener */
    InetSocketAddress listenerAddress(String name) {
        return parts.listeners().bound().stream()
                .filter(listener -> listener.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no listener " + name))
                .address();
    }

    /** Has the configuration read anew, because a signal says so; returns at once. */
    void reload() {
        parts.config().reload("signal");
    }

    /** Ends everything in order; takes at most the drain timeout and what telemetry needs. Later calls do nothing. */
    synchronized void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        parts.readiness().moveTo(Readiness.State.DRAINING);
        parts.config().close();
        Duration timeout = parts.config().state().config().lifecycle().drainTimeout();
        LOG.log(Level.INFO, "stopping: no new connections, exchanges in flight have " + timeout.toMillis() + " ms");
        parts.status().handOver();
        parts.admin().handOver();
        parts.listeners().drain(timeout.minus(flushTime(timeout)));
        parts.dataPlane().close();
        parts.status().close();
        parts.admin().close();
        LOG.log(Level.INFO, "stopped");
        parts.closing().run();
    }

    /** What is left of the time for telemetry to be written once the last exchange has ended. */
    private static Duration flushTime(Duration timeout) {
        Duration fifth = timeout.dividedBy(5);
        return fifth.compareTo(LONGEST_FLUSH) < 0 ? fifth : LONGEST_FLUSH;
    }

    /**
     * What the sidecar is made of; see {@link ProxyAssembly}.
     *
     * @param telemetry what has to be there before anything can be observed
     * @param transport name of the transport in use, for the log
     * @param starting begins what works by the clock
     * @param closing flushes telemetry and ends every thread
     */
    record Parts(
            List<Reloadable> telemetry,
            OpsPort status,
            OpsPort admin,
            DataPlane dataPlane,
            Listeners listeners,
            RunningConfig config,
            Readiness readiness,
            String transport,
            Runnable starting,
            WarmUp warmUp,
            Runnable closing) {}
}
