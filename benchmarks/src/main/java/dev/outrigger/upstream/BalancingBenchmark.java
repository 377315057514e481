package dev.outrigger.upstream;

import dev.outrigger.config.load.ConfigLoader;
import dev.outrigger.config.load.LoadResult.Loaded;
import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.record.UpstreamGauges;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.runtime.SnapshotCompiler;
import dev.outrigger.time.NanoClock;
import dev.outrigger.transport.EventLoops;
import dev.outrigger.transport.UpstreamConnector;
import io.netty.channel.EventLoopGroup;
import io.netty.resolver.DefaultAddressResolverGroup;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
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

/**
 * What one request pays for the choice of its endpoint, out of three, and for telling how it went. Run with
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
public class BalancingBenchmark {
    private static final String CONFIG =
            "outrigger { listeners.in.bind = \"127.0.0.1:0\", routes = [{ upstream = app }],"
                    + " upstreams.app { endpoints = [\"127.0.0.1:1\", \"127.0.0.1:2\", \"127.0.0.1:3\"], load-balancer = ";

    /** The balancer. */
    @Param({"round-robin", "least-request", "peak-ewma", "random"})
    public String balancer;

    private EventLoopGroup group;
    private Upstream upstream;
    private UpstreamPools pools;
    private long key;

    @Setup
    public void pools() {
        NanoClock clock = NanoClock.SYSTEM;
        Loaded loaded = (Loaded) new ConfigLoader(Map.of()).loadString("benchmark", CONFIG + balancer + " } }");
        upstream = new SnapshotCompiler((breaker, from, to, why) -> {}, Runnable::run, clock, nanos -> {})
                .compile(loaded.config(), null)
                .upstreams()
                .get(0);
        EventLoops loops = EventLoops.probe(Transport.NIO);
        group = loops.open(1, "benchmark");
        LoopTimers timers = new LoopTimers(clock, (tick, delayNanos) -> {});
        EndpointPools all = new EndpointPools(
                1,
                new UpstreamConnector(group.next(), loops, DefaultAddressResolverGroup.INSTANCE, timers, clock),
                timers,
                clock,
                new SplittableRandom(1));
        pools = all.of(upstream, new UpstreamGauges());
        all.retain(1, List.of(upstream));
    }

    @TearDown
    public void stop() {
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    @Benchmark
    public EndpointPool pick() {
        return pools.pick();
    }

    /** Whatever the balancer is, a key goes by its hash. */
    @Benchmark
    public EndpointPool pickForKey() {
        return pools.pickFor(key++);
    }

    /** What an attempt that goes well tells: its latency, and that it was whole. */
    @Benchmark
    public Upstream report() {
        EndpointPool pool = pools.of(upstream.endpoints().get(0));
        if (pool != null) {
            long now = key++;
            pool.latency().onAnswer(1_000_000, now);
            upstream.onSuccess(pool.endpoint(), now);
        }
        return upstream;
    }
}
