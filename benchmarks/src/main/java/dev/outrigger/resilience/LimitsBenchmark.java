package dev.outrigger.resilience;

import dev.outrigger.config.model.ConcurrencyLimitConfig;
import dev.outrigger.config.model.RateLimitConfig;
import dev.outrigger.config.model.RateLimitConfig.Algorithm;
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

    private Limiters limiters;
    private RateLimiter bucket;
    private RateLimiter window;
    private ConcurrencyLimiter places;

    @Setup
    public void limits() {
        limiters = new Limiters(Runnable::run, System::nanoTime);
        bucket = limiters.rate("bucket", config(Algorithm.TOKEN_BUCKET, 1_000_000));
        window = limiters.rate("window", config(Algorithm.SLIDING_WINDOW, 1000));
        places = limiters.concurrency(
                ConcurrencyLimiter.Scope.ROUTE,
                "places",
                new ConcurrencyLimitConfig(100, 10, Duration.ofSeconds(1), false, 1));
    }

    private static RateLimitConfig config(Algorithm algorithm, int rate) {
        return new RateLimitConfig(
                RateLimitConfig.Key.CLIENT_IP, algorithm, rate, Duration.ofSeconds(1), rate, false, 10_000);
    }

    /** All that a request without limits pays. */
    @Benchmark
    public boolean guard() {
        return limiters.guard().isShedding() || limiters.ofUpstream("app") != null;
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

    @Benchmark
    public long slidingWindow() {
        return window.take(KEY, 1, System.nanoTime());
    }

    @Benchmark
    public ConcurrencyLimiter.Entry enterAndLeave() {
        ConcurrencyLimiter.Entry entry = places.tryEnter(1);
        places.leave(1, 1000, ConcurrencyLimiter.Ending.ANSWERED, 0);
        return entry;
    }
}
