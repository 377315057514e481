package dev.outrigger.cache;

import dev.outrigger.cache.StoredAnswer.Source;
import dev.outrigger.config.model.CacheConfig;
import dev.outrigger.config.model.RouteConfig;
import dev.outrigger.mcp.McpMethod;
import dev.outrigger.route.Route;
import dev.outrigger.runtime.CompiledConfig;
import dev.outrigger.time.NanoClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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

/**
 * What a request pays for asking the cache of its route: making the key of a usual call, finding the answer, finding none. A
 * route without a cache pays for looking at one field. Run with {@code -prof gc}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"-XX:+UseSerialGC"})
public class ResponseStoreBenchmark {
    private static final int ANSWERS = 1000;
    private static final Duration LONG = Duration.ofHours(1);

    private final CacheKey absent = new CacheKey(-1, -1, -1, -1);

    private final Route plain = CompiledConfig.of(
                    "upstreams.app.endpoints = [\"127.0.0.1:1\"], routes = [{ upstream = app }]")
            .routes()
            .routes()
            .get(0);
    private ResponseStore store;
    private CacheKey present;

    @Setup
    public void answers() {
        CacheConfig cache = new CacheConfig(
                LONG, 32 << 20, 1 << 20, List.of("*"), List.of(), CacheConfig.Scope.PRINCIPAL, List.of(), LONG);
        RouteConfig route = new RouteConfig(
                "r",
                "/",
                "app",
                LONG,
                LONG,
                LONG,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.of(cache));
        store = new ResponseStore(route, cache, new CacheCounts(), Runnable::run, NanoClock.SYSTEM);
        Source source = new Source("app", new Epochs(), McpMethod.TOOLS_CALL, "get_weather", 0);
        long nowNanos = NanoClock.SYSTEM.nanoTime();
        for (int i = 0; i < ANSWERS; i++) {
            present = new CacheKey(i * 0x9e3779b97f4a7c15L, i, 0, 0);
            store.put(present, new StoredAnswer(new byte[500], source, nowNanos, LONG.toNanos(), source.stamp()));
        }
    }

    @Benchmark
    public @Nullable StoredAnswer find() {
        return store.find(present, NanoClock.SYSTEM.nanoTime());
    }

    @Benchmark
    @Threads(2)
    public @Nullable StoredAnswer findByTwoLoops() {
        return store.find(present, NanoClock.SYSTEM.nanoTime());
    }

    /** What a route without a cache pays. */
    @Benchmark
    public boolean withoutCache() {
        return plain.cache() == null;
    }

    @Benchmark
    public @Nullable StoredAnswer findNothing() {
        return store.find(absent, NanoClock.SYSTEM.nanoTime());
    }
}
