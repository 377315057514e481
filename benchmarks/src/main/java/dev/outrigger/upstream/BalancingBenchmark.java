package dev.outrigger.upstream;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What one request pays for the choice of its endpoint, out of three. Run with {@code -prof gc}: none of it may allocate. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"-XX:+UseSerialGC"})
public class BalancingBenchmark {
    /** The balancer. */
    @Param({"round-robin", "least-request", "peak-ewma", "random"})
    public String balancer;

    private IdlePools idle;
    private UpstreamPools pools;

    @Setup
    public void pools() {
        idle = new IdlePools("load-balancer = " + balancer);
        pools = idle.pools();
    }

    @TearDown
    public void stop() {
        idle.close();
    }

    @Benchmark
    public EndpointPool pick() {
        return pools.pick();
    }
}
