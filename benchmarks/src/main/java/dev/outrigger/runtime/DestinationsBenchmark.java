package dev.outrigger.runtime;

import dev.outrigger.upstream.Upstream;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one request pays for the choice of its upstream. A route with one pays for asking whether there is a choice. Run with
 * {@code -prof gc}: none of it may allocate.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"-XX:+UseSerialGC"})
public class DestinationsBenchmark {
    private static final String UPSTREAMS = "upstreams { a.endpoints = [\"127.0.0.1:1\", \"127.0.0.1:2\"],"
            + " b.endpoints = [\"127.0.0.1:3\"], c.endpoints = [\"127.0.0.1:4\"] }, routes = [{ ";

    private Destinations one;
    private Destinations weighted;
    private Destinations shifting;
    private Destinations replaced;
    private TrafficShift shift;
    private int chance;
    private long nanos;

    @Setup
    public void routes() {
        one = of("upstream = a");
        weighted = of("weighted = [{ upstream = a, weight = 90 }, { upstream = b, weight = 10 }]");
        shifting = of("shift { from = a, to = b }");
        shift = shifting.shiftTo(shifting.all().get(1));
        replaced = of("upstream = a, alternates = [b, c]");
        replaced.first().breaker().forceOpen(0);
    }

    private static Destinations of(String route) {
        return CompiledConfig.of(UPSTREAMS + route + " }]").destinations().get(0);
    }

    /** Without a choice. */
    @Benchmark
    public Upstream single() {
        return one.isSingle() ? one.first() : one.choose(chance);
    }

    /** By weight, and whether the one that was chosen may serve. */
    @Benchmark
    public boolean weighted() {
        chance += 0x9E3779B9;
        return weighted.choose(chance).mayServe(1);
    }

    /** As far as the shift is, and what the call tells it when it is over. */
    @Benchmark
    public Upstream shift() {
        chance += 0x9E3779B9;
        Upstream chosen = shifting.choose(chance);
        shift.onCall(false, 1_000_000, ++nanos);
        return chosen;
    }

    /** The breaker of the one is open. */
    @Benchmark
    public Upstream alternate() {
        return replaced.insteadOf(replaced.first(), 1);
    }
}
