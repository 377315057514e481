package dev.outrigger.upstream;

import dev.outrigger.transport.LocalEnd;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pools of an endpoint whose connections come from the addresses of the clients that they are for: one for each client, so
 * that nobody gets a connection that shows somebody else's address.
 *
 * <p>The limit of connections holds for all of them together. So a client without a connection takes the place of one that
 * rests with the client that was not there for longest.
 *
 * <p>Belongs to the worker's loop.
 */
final class ClientPools {
    /** The client that was not there for longest is the first. */
    private final Map<LocalEnd, EndpointPool> pools = new LinkedHashMap<>(16, 0.75f, true);

    /** The pool of a client, which is there now; null if it has none. */
    @Nullable
    EndpointPool find(LocalEnd client) {
        return pools.get(client);
    }

    /**
     * Most clients have a connection, so that the limit of these holds for them too; those whose requests ended before they got
     * one may be as many again.
     *
     * @param max how many connections there may be
     */
    void add(LocalEnd client, EndpointPool pool, int max) {
        pools.put(client, pool);
        while (pools.size() / 2 > max) {
            Map.Entry<LocalEnd, EndpointPool> first =
                    pools.entrySet().iterator().next();
            pools.remove(first.getKey());
            first.getValue().close();
        }
    }

    /** The pool keeps nothing any more. */
    void remove(@Nullable LocalEnd client, EndpointPool pool) {
        if (client != null) {
            pools.remove(client, pool);
        }
    }

    /** @return whether there was a connection at rest, which is closing now */
    boolean closeIdle() {
        for (EndpointPool pool : pools.values()) {
            if (pool.closeIdle()) {
                return true;
            }
        }
        return false;
    }

    /** There is room for another connection. */
    void connectAsNeeded() {
        for (EndpointPool pool : List.copyOf(pools.values())) {
            pool.connectAsNeeded();
        }
    }

    void close() {
        List<EndpointPool> all = List.copyOf(pools.values());
        pools.clear();
        all.forEach(EndpointPool::close);
    }
}
