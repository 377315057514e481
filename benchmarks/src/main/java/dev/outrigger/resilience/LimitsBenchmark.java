package dev.outrigger.resilience;

import dev.outrigger.config.model.ConcurrencyLimitConfig;
import dev.outrigger.config.model.RateLimitConfig;
import dev.outrigger.config.model.RateLimitConfig.Algorithm;
import dev.outrigger.route.Route;
import dev.outrigger.runtime.CompiledConfig;
import dev.outrigger.runtime.Snapshot;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** What one call pays for limits, and for the guard that is always there; all threads share them. Run with {@code -prof gc}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"-XX:+UseSerialGC"})
public class LimitsBenchmark {
    private static final String KEY = "10.1.2.3";
    private static final int CALLS = 100_000;

    private Snapshot plain;
    private Route route;
    private RateLimiter bucket;
    private RateLimiter window;
    private RateLimiter emptied;
    private ConcurrencyLimiter places;
    private ConcurrencyLimiter adaptive;
    private long nanos;

    @Setup
    public void limits() {
        plain = CompiledConfig.of("upstreams.app.endpoints = [\"127.0.0.1:1\"], routes = [{ upstream = app }]");
        route = plain.routes().routes().get(0);
        Limiters limiters = new Limiters(Runnable::run, System::nanoTime);
        // So many that none is refused.
        bucket = limiters.rate("bucket", config(Algorithm.TOKEN_BUCKET, Duration.ofMillis(1)));
        window = limiters.rate("window", config(Algorithm.SLIDING_WINDOW, Duration.ofMillis(1)));
        emptied = limiters.rate("emptied", config(Algorithm.TOKEN_BUCKET, Duration.ofDays(300)));
        while (emptied.take(KEY, 1, System.nanoTime()) == 0) {
            continue;
        }
        places = limiters.concurrency(ConcurrencyLimiter.Scope.ROUTE, "places", places(false));
        adaptive = limiters.concurrency(ConcurrencyLimiter.Scope.UPSTREAM, "adaptive", places(true));
    }

    private static RateLimitConfig config(Algorithm algorithm, Duration per) {
        return new RateLimitConfig(RateLimitConfig.Key.CLIENT_IP, algorithm, CALLS, per, CALLS, false, 10_000);
    }

    private static ConcurrencyLimitConfig places(boolean isAdaptive) {
        return new ConcurrencyLimitConfig(100, 10, Duration.ofSeconds(1), isAdaptive, 1);
    }

    /** All that a request without limits pays, the guard against overload included. */
    @Benchmark
    public boolean unlimited() {
        return plain.limiters().guard().isShedding()
                || route.rateLimiter() != null
                || route.concurrencyLimiter() != null
                || route.tools().limitsAny()
                || plain.limiters().ofUpstream("app") != null;
    }

    @Benchmark
    public long tokenBucket() {
        return bucket.take(KEY, 1, System.nanoTime());
    }

    @Benchmark
    @Threads(2)
    public long tokenBucketByTwoLoops() {
        return bucket.take(KEY, 1, System.nanoTime());
    }

    /** In a flood, nearly every call. */
    @Benchmark
    public long tokenBucketRefuses() {
        return emptied.take(KEY, 1, System.nanoTime());
    }

    @Benchmark
    public long slidingWindow() {
        return window.take(KEY, 1, System.nanoTime());
    }

    @Benchmark
    @Threads(2)
    public long slidingWindowByTwoLoops() {
        return window.take(KEY, 1, System.nanoTime());
    }

    @Benchmark
    public ConcurrencyLimiter.Entry enterAndLeave() {
        ConcurrencyLimiter.Entry entry = places.tryEnter(1);
        places.leave(1, 1000, ConcurrencyLimiter.Ending.ANSWERED, 0);
        return entry;
    }

    @Benchmark
    @Threads(2)
    public ConcurrencyLimiter.Entry enterAndLeaveByTwoLoops() {
        ConcurrencyLimiter.Entry entry = places.tryEnter(1);
        places.leave(1, 1000, ConcurrencyLimiter.Ending.ANSWERED, 0);
        return entry;
    }

    /** Five times in a second the limit is worked out anew, which makes one object. */
    @Benchmark
    public ConcurrencyLimiter.Entry enterAndLeaveAdaptive() {
        ConcurrencyLimiter.Entry entry = adaptive.tryEnter(1);
        nanos += 1000;
        adaptive.leave(1, 1000, ConcurrencyLimiter.Ending.ANSWERED, nanos);
        return entry;
    }
}
