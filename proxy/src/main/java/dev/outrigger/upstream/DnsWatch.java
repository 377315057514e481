package dev.outrigger.upstream;

import dev.outrigger.config.model.DnsConfig;
import dev.outrigger.config.model.EndpointConfig;
import dev.outrigger.upstream.DnsDiscovery.Result;
import io.netty.channel.EventLoop;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.util.concurrent.Future;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The look-ups of one upstream's name, one after the other, each when what the one before has told is out of date.
 *
 * <p>What was found last is kept while look-ups fail or find nothing: a name server that is away for a moment, or a cluster
 * that has no pod ready, must not take away addresses that work. Whether they do, checks and requests tell.
 *
 * <p>Belongs to the loop of the look-ups.
 */
final class DnsWatch {
    private static final Logger LOG = System.getLogger(DnsDiscovery.class.getName());

    /** Told of each look-up, on the loop. */
    interface Listener {
        void onLookup(DnsWatch watch, Result result);
    }

    private final String upstream;
    private final DnsConfig config;
    private final EventLoop loop;
    private final DnsNameResolver resolver;
    private final DnsLookup lookup;
    private final Listener listener;
    private volatile List<EndpointConfig> endpoints = List.of();
    private Result last = Result.FOUND;
    private boolean lookedUp;
    private boolean stopped;
    private @Nullable Future<?> timer;

    DnsWatch(String upstream, DnsConfig config, EventLoop loop, DnsNameResolver resolver, Listener listener) {
        this.upstream = upstream;
        this.config = config;
        this.loop = loop;
        this.resolver = resolver;
        this.lookup = new DnsLookup(config, resolver);
        this.listener = listener;
    }

    String upstream() {
        return upstream;
    }

    DnsConfig config() {
        return config;
    }

    /** What was found last; may be asked by any thread. */
    List<EndpointConfig> endpoints() {
        return endpoints;
    }

    /** Whether there was a first result. */
    boolean isLookedUp() {
        return lookedUp;
    }

    void begin() {
        lookup.begin().whenComplete((found, failure) -> loop.execute(() -> onEnd(found, failure)));
    }

    void stop() {
        stopped = true;
        if (timer != null) {
            timer.cancel(false);
        }
        resolver.close();
    }

    private void onEnd(DnsLookup.@Nullable Found found, @Nullable Throwable failure) {
        if (stopped) {
            return;
        }
        lookedUp = true;
        Result result;
        long delayMillis = config.negativeTtl().toMillis();
        if (found == null) {
            result = Result.FAILED;
        } else if (found.endpoints().isEmpty()) {
            result = Result.NONE;
        } else {
            result = Result.FOUND;
            delayMillis = delayMillis(found.ttlSeconds());
            if (!found.endpoints().equals(endpoints)) {
                LOG.log(Level.INFO, "upstream " + upstream + ": " + config.name() + " is " + found.endpoints());
            }
            endpoints = found.endpoints();
        }
        report(result, failure);
        timer = loop.schedule(this::begin, delayMillis, TimeUnit.MILLISECONDS);
        listener.onLookup(this, result);
    }

    private long delayMillis(long ttlSeconds) {
        long longestMillis = config.maxTtl().toMillis();
        long ttlMillis = Math.min(ttlSeconds, TimeUnit.MILLISECONDS.toSeconds(longestMillis) + 1) * 1000;
        return Math.max(config.minTtl().toMillis(), Math.min(longestMillis, ttlMillis));
    }

    /** Once for each change, not for each look-up. */
    private void report(Result result, @Nullable Throwable failure) {
        if (result != last && result != Result.FOUND) {
            String why = result == Result.NONE ? "there is no such name" : "no answer: " + failure;
            LOG.log(
                    Level.WARNING,
                    "upstream " + upstream + ": " + config.name() + " is not found, keeping " + endpoints + "; " + why);
        }
        last = result;
    }
}
