package dev.outrigger.resilience;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.outrigger.config.model.RateLimitConfig;
import dev.outrigger.time.NanoClock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * One limit of a configuration: a {@link Meter} for each key, shared by all workers.
 *
 * <p>Keys are what clients make of them, so the table is bounded, and forgets a key when its meter is as good as new. Caffeine,
 * for the reasons that sessions are kept in it: no lock that an eviction holds, and a flood of keys that come once does not push
 * out those that come always. A use is noted ten times a second at most, as noting it costs more than the look-up.
 *
 * <p>Any thread; nothing blocks. Deciding allocates nothing but the meter of a new key.
 */
public final class RateLimiter {
    private static final long TOUCH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /**
     * Beyond the time in which a meter becomes as good as new: {@link #TOUCH_NANOS}, and the second by which Caffeine may be late to
     * note a use.
     */
    private static final long SPARE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String name;
    private final RateLimitConfig config;
    private final Gcra.Pace pace;
    private final Cache<Object, Meter> meters;
    private final Counts counts;

    /**
     * @param name of the route, or of the route and the tools' pattern
     * @param counts what was refused so far, on which this limiter counts on
     * @param maintenance evicts keys; no loop
     */
    RateLimiter(String name, RateLimitConfig config, Counts counts, Executor maintenance, NanoClock clock) {
        this.name = name;
        this.config = config;
        this.counts = counts;
        this.pace = new Gcra.Pace(config.rate(), config.per().toNanos(), config.burst());
        boolean isWindow = config.algorithm() == RateLimitConfig.Algorithm.SLIDING_WINDOW;
        long idleNanos = (isWindow ? config.per().toNanos() : pace.fillNanos()) + SPARE_NANOS;
        this.meters = Caffeine.newBuilder()
                .maximumSize(config.maxKeys())
                .expireAfterAccess(idleNanos, TimeUnit.NANOSECONDS)
                .executor(maintenance)
                .ticker(clock::nanoTime)
                .build();
    }

    /** Value of the {@code service} label. */
    public String name() {
        return name;
    }

    public RateLimitConfig config() {
        return config;
    }

    /**
     * Asks to make some calls, all or none. A limit that is only tried out lets them pass in any case.
     *
     * @param key of whoever makes them: has {@code equals} and {@code hashCode}, and {@code toString} for operators
     * @param calls at least 1
     * @return 0 if they may be made; else after how many nanoseconds so many might be
     */
    public long take(Object key, int calls, long nowNanos) {
        long wait = meter(key, nowNanos).take(calls, nowNanos);
        if (wait == 0) {
            return 0;
        }
        if (config.shadow()) {
            counts.shadowRejected.increment();
            return 0;
        }
        counts.rejected.increment();
        return wait;
    }

    private Meter meter(Object key, long nowNanos) {
        Meter known = meters.policy().getIfPresentQuietly(key);
        if (known != null && !known.isDueForTouch(TOUCH_NANOS, nowNanos)) {
            return known;
        }
        Meter touched = meters.getIfPresent(key);
        return touched != null ? touched : meters.get(key, unused -> newMeter(nowNanos));
    }

    private Meter newMeter(long nowNanos) {
        return switch (config.algorithm()) {
            case TOKEN_BUCKET -> new Gcra(pace, nowNanos);
            case SLIDING_WINDOW -> new SlidingWindow(config.rate(), config.per().toNanos(), nowNanos);
        };
    }

    /** Requests refused. */
    public long rejected() {
        return counts.rejected.sum();
    }

    /** Requests that passed only because the limit is tried out. */
    public long shadowRejected() {
        return counts.shadowRejected.sum();
    }

    Counts counts() {
        return counts;
    }

    /** How many keys are remembered, as far as the last maintenance knows. */
    public long keys() {
        return meters.estimatedSize();
    }

    /** What the key that is nearest to its limit has left; the burst if there is none. */
    public int fewestAvailable(long nowNanos) {
        int fewest = config.burst();
        for (Meter meter : meters.asMap().values()) {
            fewest = Math.min(fewest, meter.available(nowNanos));
        }
        return fewest;
    }

    /** The keys that are nearest to their limits, those first. Looking at them is no use of them. */
    public List<Bucket> buckets(int most, long nowNanos) {
        // What a key is shown as may have to be worked out: only of those that are shown.
        return meters.asMap().entrySet().stream()
                .map(entry -> Map.entry(entry.getKey(), entry.getValue().available(nowNanos)))
                .sorted(Map.Entry.comparingByValue())
                .limit(most)
                .map(entry -> new Bucket(entry.getKey().toString(), entry.getValue()))
                .sorted(Comparator.comparingInt(Bucket::available).thenComparing(Bucket::key))
                .toList();
    }

    /**
     * One key's state.
     *
     * @param available calls that might be made at once
     */
    public record Bucket(String key, int available) {}

    /** What goes on when the limit is changed. */
    static final class Counts {
        private final LongAdder rejected = new LongAdder();
        private final LongAdder shadowRejected = new LongAdder();
    }
}
