package dev.outrigger.listener;

import dev.outrigger.config.model.ListenerConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The listeners in force, and the way from one configuration of them to the next: first everything new is bound, which is what
 * can fail; then, with all else of the configuration, it begins to serve and what is gone drains.
 *
 * <p>A listener keeps its socket as long as its address stays, whatever else of it changes, its name included. Where an address
 * changes from all interfaces to one, or back, both sockets are bound for a moment.
 *
 * <p>Called by whoever starts, reloads and stops, one at a time; blocking, so never by a worker's loop.
 */
public final class ListenerSet {
    private final Entrances entrances;
    private final ScheduledExecutorService executor;
    private final List<Draining> drainings = new ArrayList<>();
    private List<Listener> bound = List.of();
    private boolean shared;
    private boolean stopping;

    /** @param executor takes the steps of listeners that drain; they are short, but may wait for the loops to come round */
    public ListenerSet(Entrances entrances, ScheduledExecutorService executor) {
        this.entrances = entrances;
        this.executor = executor;
    }

    /** Those that serve, in the order of the configuration. */
    public synchronized List<Listener> bound() {
        return bound;
    }

    /**
     * Binds what is new; it does not accept yet, and nothing else changes. Either {@link #commit} or {@link #abandon} has to
     * follow before another change is prepared.
     *
     * @param wanted all listeners of the new configuration
     * @param drainTimeout how long the listeners that go now, and later the connections of those that stay, may take to drain
     * @param handOver whether another process of the same user may bind the same ports, to take over
     * @throws IOException naming the listener and the address that can not be bound; then nothing has changed
     */
    public synchronized Change prepare(List<ListenerConfig> wanted, Duration drainTimeout, boolean handOver)
            throws IOException {
        if (stopping) {
            throw new IOException("the listeners drain for good, none can be opened");
        }
        for (ListenerConfig config : wanted) {
            Listener.check(entrances, config);
        }
        List<Listener> gone = new ArrayList<>(bound);
        Map<String, Listener> kept = new HashMap<>();
        for (ListenerConfig config : wanted) {
            Listener known = find(gone, config);
            if (known != null) {
                gone.remove(known);
                kept.put(config.name(), known);
            }
        }
        Change change = new Change(List.copyOf(wanted), drainTimeout, handOver, gone);
        try {
            for (ListenerConfig config : wanted) {
                Listener known = kept.get(config.name());
                if (known == null) {
                    known = open(config, change);
                    change.opened.add(known);
                }
                change.serving.add(known);
            }
        } catch (IOException e) {
            abandon(change);
            throw e;
        }
        return change;
    }

    private static @Nullable Listener find(List<Listener> listeners, ListenerConfig config) {
        InetSocketAddress address = Listener.address(config);
        for (Listener listener : listeners) {
            boolean sameSocket = address.getPort() != 0 || listener.name().equals(config.name());
            if (sameSocket && listener.wanted().equals(address) && listener.isMadeAs(config)) {
                return listener;
            }
        }
        return null;
    }

    /** What is in the way of the new socket, and goes, makes room for it as if it belonged to another process. */
    private Listener open(ListenerConfig config, Change change) throws IOException {
        InetSocketAddress address = Listener.address(config);
        List<Listener> inTheWay = Stream.concat(
                        change.gone.stream(), drainings.stream().map(Draining::listener))
                .filter(listener -> listener.isBound() && overlap(listener.wanted(), address))
                .toList();
        inTheWay.forEach(listener -> listener.share(true));
        try {
            Listener opened =
                    Listener.open(entrances, config, change.drainTimeout, change.handOver || !inTheWay.isEmpty());
            opened.share(change.handOver);
            return opened;
        } finally {
            inTheWay.forEach(listener -> listener.share(shared));
        }
    }

    private static boolean overlap(InetSocketAddress one, InetSocketAddress other) {
        return one.getPort() == other.getPort()
                && one.getPort() != 0
                && !one.isUnresolved()
                && !other.isUnresolved()
                && (one.getAddress().isAnyLocalAddress()
                        || other.getAddress().isAnyLocalAddress()
                        || one.equals(other));
    }

    /** From now on what was prepared serves, and what is not part of it drains. */
    public synchronized void commit(Change change) {
        if (stopping) {
            abandon(change);
            return;
        }
        for (int i = 0; i < change.wanted.size(); i++) {
            Listener listener = change.serving.get(i);
            listener.reconfigure(change.wanted.get(i), change.drainTimeout);
            listener.share(change.handOver);
            listener.accept();
        }
        shared = change.handOver;
        bound = List.copyOf(change.serving);
        for (Listener listener : change.gone) {
            boolean covered = bound.stream().anyMatch(serving -> overlap(serving.wanted(), listener.wanted()));
            drain(listener, covered ? Departure.TO_NEIGHBOUR : Departure.FOR_GOOD, change.drainTimeout);
        }
    }

    /**
     * Lets go of what was prepared. Where clients may have connected to it in place of another socket, those are served first:
     * closing would reset them.
     */
    public synchronized void abandon(Change change) {
        for (Listener listener : change.opened) {
            boolean tookOver =
                    change.handOver || bound.stream().anyMatch(serving -> overlap(serving.wanted(), listener.wanted()));
            if (tookOver) {
                listener.accept();
                drain(listener, Departure.TO_NEIGHBOUR, change.drainTimeout);
            } else {
                listener.close();
            }
        }
    }

    private void drain(Listener listener, Departure departure, Duration timeout) {
        drainings.removeIf(Draining::isDone);
        Draining draining = new Draining(listener, departure, timeout, executor, entrances.clock());
        drainings.add(draining);
        draining.begin();
    }

    /**
     * Drains everything, for good.
     *
     * @param timeout when connections that are left are cut
     * @return completes when no connection is left, soon after the timeout at the latest
     */
    public synchronized CompletionStage<Void> drain(Duration timeout) {
        if (!stopping) {
            stopping = true;
            drainings.forEach(draining -> draining.hasten(timeout));
            Departure departure = shared ? Departure.TO_PROCESS : Departure.FOR_GOOD;
            bound.forEach(listener -> drain(listener, departure, timeout));
        }
        return CompletableFuture.allOf(drainings.stream()
                .map(draining -> draining.done().toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new));
    }

    /** Closes everything, whatever it is about. */
    public synchronized void close() {
        stopping = true;
        bound.forEach(Listener::close);
        drainings.forEach(draining -> draining.listener().close());
    }

    /** Listeners that are bound and do not serve yet, and those that go when they do. */
    public static final class Change {
        private final List<ListenerConfig> wanted;
        private final Duration drainTimeout;
        private final boolean handOver;
        private final List<Listener> gone;
        private final List<Listener> opened = new ArrayList<>();
        /** As many as are wanted, in the same order. */
        private final List<Listener> serving = new ArrayList<>();

        private Change(List<ListenerConfig> wanted, Duration drainTimeout, boolean handOver, List<Listener> gone) {
            this.wanted = wanted;
            this.drainTimeout = drainTimeout;
            this.handOver = handOver;
            this.gone = List.copyOf(gone);
        }
    }
}
