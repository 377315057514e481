package dev.outrigger.app;

import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.listener.Listener;
import dev.outrigger.listener.ListenerSet;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The listeners of the configuration in force. */
final class Listeners implements Reloadable {
    private final ListenerSet set;
    private final boolean shared;

    /** @param shared whether another process may take the ports over; a socket is shared from its beginning or never */
    Listeners(ListenerSet set, boolean shared) {
        this.set = set;
        this.shared = shared;
    }

    @Override
    public Prepared prepare(ProxyConfig next) throws IOException {
        ListenerSet.Change change =
                set.prepare(next.listeners(), next.lifecycle().drainTimeout(), shared);
        return new Prepared() {
            @Override
            public void commit() {
                set.commit(change);
            }

            @Override
            public void abandon() {
                set.abandon(change);
            }
        };
    }

    /** Those that serve. */
    List<Listener> bound() {
        return set.bound();
    }

    /**
     * Ends all: no new connections, then what is in flight.
     *
     * @param timeout after which exchanges that are left are ended, and their connections closed
     */
    void drain(Duration timeout) {
        set.drain(timeout).toCompletableFuture().join();
        set.close();
    }
}
