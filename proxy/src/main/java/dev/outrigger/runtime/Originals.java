package dev.outrigger.runtime;

import dev.outrigger.config.model.McpConfig;
import dev.outrigger.config.model.OriginalConfig;
import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.time.NanoClock;
import dev.outrigger.upstream.Endpoint;
import dev.outrigger.upstream.Sources;
import dev.outrigger.upstream.ToolBreakers;
import dev.outrigger.upstream.Upstream;
import dev.outrigger.upstream.UpstreamMemory;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/**
 * The destinations of redirected connections that no configuration names, each an {@link Upstream} of its own: with one breaker
 * for all of them, a server that fails would shut off all others.
 *
 * <p>They come with the first connection and leave after some time without one, unless a session there may go on. Their number
 * is bounded: whoever can have connections redirected can name any address. Beyond the bound the one that was not used for
 * longest leaves; exchanges that are on their way there end as they would have, but what was known of it is gone.
 *
 * <p>Shared by all workers, any of which may add; nothing here locks or blocks.
 */
public final class Originals {
    /** Joins the name of all and an address in the name of a breaker; neither has one itself. */
    private static final String AT = "@";
    /** How exactly it is known when a destination was used last; a write for each request would be one for all caches. */
    private static final long USE_GRAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Workers may ask for the pools of one that has left while they are told. */
    private static final int TELLINGS = 2;

    private final OriginalConfig config;
    private final McpConfig mcp;
    private final Executor maintenance;
    private final NanoClock clock;
    private final CircuitBreaker.Listener breakerListener;
    private final LongConsumer onSessionEnd;
    private final Map<Key, Original> known = new ConcurrentHashMap<>();
    private final AtomicInteger tellings = new AtomicInteger();

    /**
     * @param mcp bounds of what is remembered of each
     * @param maintenance see {@link UpstreamMemory#of}
     * @param onSessionEnd see {@link UpstreamMemory#of}
     */
    Originals(
            OriginalConfig config,
            McpConfig mcp,
            Executor maintenance,
            NanoClock clock,
            CircuitBreaker.Listener breakerListener,
            LongConsumer onSessionEnd) {
        this.config = config;
        this.mcp = mcp;
        this.maintenance = maintenance;
        this.clock = clock;
        this.breakerListener = breakerListener;
        this.onSessionEnd = onSessionEnd;
    }

    /** Whether it is what a configuration asks for. */
    boolean isOf(OriginalConfig wanted, McpConfig wantedMcp) {
        return config.equals(wanted) && mcp.equals(wantedMcp);
    }

    /**
     * A destination, which counts as used now.
     *
     * @param sources where connections to it come from; another of them is another destination
     */
    Destinations at(InetSocketAddress address, Sources sources) {
        long nowNanos = clock.nanoTime();
        Key key = new Key(address, sources);
        Original found = known.get(key);
        if (found == null) {
            found = add(key, nowNanos);
        }
        found.use(nowNanos);
        return found.destinations;
    }

    private Original add(Key key, long nowNanos) {
        Original made = make(key, nowNanos);
        Original earlier = known.putIfAbsent(key, made);
        if (earlier != null) {
            return earlier;
        }
        while (known.size() > config.maxDestinations()) {
            known.values().stream()
                    .filter(original -> original != made)
                    .min(Comparator.comparingLong(original -> original.usedNanos - nowNanos))
                    .ifPresent(this::remove);
        }
        return made;
    }

    private Original make(Key key, long nowNanos) {
        Endpoint endpoint = new Endpoint(key.address);
        String name = OriginalConfig.NAME + AT + endpoint.name();
        CircuitBreaker breaker = new CircuitBreaker(name, config.upstream().breaker(), breakerListener);
        UpstreamMemory memory =
                UpstreamMemory.of(mcp, maintenance, clock, onSessionEnd, new ToolBreakers(name, breakerListener));
        Upstream upstream = Upstream.original(config.upstream(), breaker, endpoint, memory, key.sources);
        return new Original(key, upstream, nowNanos);
    }

    private void remove(Original original) {
        if (known.remove(original.key, original)) {
            original.upstream.memory().retire();
            tellings.set(TELLINGS);
        }
    }

    /** Those that are known now. */
    public List<Upstream> known() {
        return known.values().stream().map(original -> original.upstream).toList();
    }

    /**
     * Lets those leave that were not used for long.
     *
     * @return whether workers have to be told that some have left, see {@link Worker#followOriginals}
     */
    public boolean sweep() {
        long nowNanos = clock.nanoTime();
        long idleNanos = config.idleTimeout().toNanos();
        for (Original original : known.values()) {
            if (nowNanos - original.usedNanos > idleNanos
                    && original.upstream.sessions().size() == 0) {
                remove(original);
            }
        }
        return tellings.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    /** All of them leave, with their sessions: the configuration wants others, or none. */
    void retire() {
        List.copyOf(known.values()).forEach(this::remove);
    }

    private record Key(InetSocketAddress address, Sources sources) {}

    private static final class Original {
        final Key key;
        final Upstream upstream;
        final Destinations destinations;
        volatile long usedNanos;

        Original(Key key, Upstream upstream, long nowNanos) {
            this.key = key;
            this.upstream = upstream;
            this.destinations = Destinations.of(upstream);
            this.usedNanos = nowNanos;
        }

        void use(long nowNanos) {
            if (nowNanos - usedNanos > USE_GRAIN_NANOS) {
                usedNanos = nowNanos;
            }
        }
    }
}
