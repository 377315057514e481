package dev.outrigger.upstream;

import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.record.UpstreamGauges;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.runtime.CompiledConfig;
import dev.outrigger.time.NanoClock;
import dev.outrigger.transport.EventLoops;
import dev.outrigger.transport.UpstreamConnector;
import io.netty.channel.EventLoopGroup;
import io.netty.resolver.DefaultAddressResolverGroup;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** One worker's pools of an upstream {@code app} with three endpoints, to which nothing is connected. */
public final class IdlePools implements AutoCloseable {
    private static final String CONFIG = "routes = [{ upstream = app }],"
            + " upstreams.app { endpoints = [\"127.0.0.1:1\", \"127.0.0.1:2\", \"127.0.0.1:3\"], ";

    private final EventLoopGroup group;
    private final Upstream upstream;
    private final UpstreamPools pools;

    /** @param settings of the upstream, such as {@code load-balancer = random} */
    public IdlePools(String settings) {
        NanoClock clock = NanoClock.SYSTEM;
        upstream = CompiledConfig.of(CONFIG + settings + " }").upstreams().get(0);
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

    public Upstream upstream() {
        return upstream;
    }

    public UpstreamPools pools() {
        return pools;
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
}
