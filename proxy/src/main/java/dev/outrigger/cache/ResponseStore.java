package dev.outrigger.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.outrigger.config.model.CacheConfig;
import dev.outrigger.config.model.RouteConfig;
import dev.outrigger.config.model.ToolConfig;
import dev.outrigger.time.NanoClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The answers that one route keeps: bounded in bytes, each until its own time, and the questions that are on their way.
 *
 * <p>Shared by all workers. Caffeine, because reading and writing take no lock that an eviction holds, and because it keeps what
 * is asked for often rather than what came last: a client that asks a thousand different things once does not push out what
 * everybody asks. Eviction is the executor's work, and for so long the bound may be exceeded by what came meanwhile.
 *
 * <p>All methods may be called by any thread.
 */
public final class ResponseStore {
    private final RouteConfig route;
    private final CacheCounts counts;
    private final Cache<CacheKey, StoredAnswer> answers;
    private final Policy<CacheKey, StoredAnswer> policy;
    private final ConcurrentMap<CacheKey, Flight> flights = new ConcurrentHashMap<>();
    private final AtomicLong reservedBytes = new AtomicLong();
    private final long staleNanos;

    /**
     * @param route of which the answers are
     * @param config of that route
     * @param counts told what becomes of the questions
     * @param maintenance does what eviction needs, so that no loop does
     * @param clock the one that all readings given to this store are of
     */
    public ResponseStore(
            RouteConfig route, CacheConfig config, CacheCounts counts, Executor maintenance, NanoClock clock) {
        this.route = route;
        this.counts = counts;
        this.staleNanos = config.staleFor().toNanos();
        this.answers = Caffeine.newBuilder()
                .maximumWeight(config.maxBytes())
                .weigher((CacheKey key, StoredAnswer answer) -> answer.weightBytes())
                .expireAfter(Expiry.<CacheKey, StoredAnswer>writing(
                        (key, answer) -> Duration.ofNanos(answer.freshNanos() + staleNanos)))
                .executor(maintenance)
                .ticker(clock::nanoTime)
                .removalListener(this::onRemoval)
                .build();
        this.policy = answers.policy();
    }

    /** Name of the route. */
    public String route() {
        return route.name();
    }

    public long maxBytes() {
        return route.cache().map(CacheConfig::maxBytes).orElse(0L);
    }

    /** Whether what is kept is what a route would keep, for the same time, of the same upstreams. */
    public boolean isOf(RouteConfig other) {
        return route.name().equals(other.name())
                && route.pathPrefix().equals(other.pathPrefix())
                && route.upstreams().equals(other.upstreams())
                && route.cache().equals(other.cache())
                && ttls(route).equals(ttls(other));
    }

    private static Map<String, Duration> ttls(RouteConfig route) {
        Map<String, Duration> ttls = new HashMap<>();
        for (ToolConfig tool : route.tools()) {
            tool.cacheTtl().ifPresent(ttl -> ttls.put(tool.pattern(), ttl));
        }
        return ttls;
    }

    public CacheCounts counts() {
        return counts;
    }

    /** An answer that may be given instead of asking; null if there is none. */
    public @Nullable StoredAnswer find(CacheKey key, long nowNanos) {
        StoredAnswer answer = current(key, nowNanos);
        return answer != null && answer.isFresh(nowNanos) ? answer : null;
    }

    /** An answer that may be given where asking has failed; null if there is none. */
    public @Nullable StoredAnswer findStale(CacheKey key, long nowNanos) {
        return staleNanos == 0 ? null : current(key, nowNanos);
    }

    private @Nullable StoredAnswer current(CacheKey key, long nowNanos) {
        StoredAnswer answer = policy.getIfPresentQuietly(key);
        if (answer != null && answer.isDueForTouch(nowNanos)) {
            answer = answers.getIfPresent(key);
        }
        if (answer == null || answer.isCurrent()) {
            return answer;
        }
        if (answers.asMap().remove(key, answer)) {
            counts.invalidated(1);
        }
        return null;
    }

    /** Keeps an answer, instead of another one of the same key; nothing if it is out of date already. */
    public void put(CacheKey key, StoredAnswer answer) {
        if (answer.isCurrent()) {
            answers.put(key, answer);
        }
    }

    /**
     * Asks for memory to copy an answer that is on its way. All those together get as much as what is kept: many large ones
     * at a time would else take what nothing bounds.
     *
     * @return whether there is so much, to be given back by {@link #release}
     */
    public boolean reserve(int bytes) {
        if (reservedBytes.addAndGet(bytes) <= maxBytes()) {
            return true;
        }
        reservedBytes.addAndGet(-bytes);
        return false;
    }

    /** Gives back what was got by {@link #reserve}. */
    public void release(int bytes) {
        reservedBytes.addAndGet(-bytes);
    }

    /**
     * Joins those who wait for the answer to an equal question, or begins to be the one they wait for.
     *
     * @param waiter told once if it waits
     * @return null if it waits; else what it has to {@link Flight#land} once its own answer is there
     */
    public @Nullable Flight joinOrLead(CacheKey key, Flight.Waiter waiter) {
        Flight own = new Flight(this, key);
        while (true) {
            Flight first = flights.putIfAbsent(key, own);
            if (first == null) {
                return own;
            }
            if (first.join(waiter)) {
                return null;
            }
            // It has just landed, and is on its way out of the map.
            flights.remove(key, first);
        }
    }

    void landed(CacheKey key, Flight flight) {
        flights.remove(key, flight);
    }

    /**
     * Drops answers before their time.
     *
     * @return how many
     */
    public long invalidate(Predicate<StoredAnswer> unwanted) {
        long dropped = answers.asMap().entrySet().stream()
                .filter(entry -> unwanted.test(entry.getValue()))
                .filter(entry -> answers.asMap().remove(entry.getKey(), entry.getValue()))
                .count();
        counts.invalidated(dropped);
        return dropped;
    }

    /** Answers that are kept, as far as the last maintenance knows. */
    public long entries() {
        return answers.estimatedSize();
    }

    /** What they take of memory. Takes the lock that evictions take. */
    public long bytes() {
        return policy.eviction().map(bound -> bound.weightedSize().orElse(0)).orElse(0L);
    }

    /** Drops what is over its time; without this, only other use does. Takes the lock that evictions take. */
    public void sweep() {
        answers.cleanUp();
    }

    private void onRemoval(@Nullable CacheKey key, @Nullable StoredAnswer answer, RemovalCause cause) {
        if (cause == RemovalCause.SIZE) {
            counts.evicted();
        }
    }
}
