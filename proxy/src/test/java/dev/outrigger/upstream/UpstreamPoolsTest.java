package dev.outrigger.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.PlainBalancing;
import dev.outrigger.config.PlainProtocols;
import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.config.model.HealthCheckConfig;
import dev.outrigger.config.model.EndpointConfig;
import dev.outrigger.config.model.PoolConfig;
import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.record.UpstreamGauges;
import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.testing.Memories;
import dev.outrigger.time.ManualClock;
import dev.outrigger.transport.EventLoops;
import dev.outrigger.transport.UpstreamConnector;
import io.netty.channel.EventLoopGroup;
import io.netty.resolver.DefaultAddressResolverGroup;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UpstreamPoolsTest {
    private final Endpoint a = endpoint(1);
    private final Endpoint b = endpoint(2);
    private final EventLoops loops = EventLoops.probe(Transport.NIO);
    private final EventLoopGroup group = loops.open(1, "test");
    private final UpstreamPools pools = pools();

    @AfterEach
    void stop() {
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    @Test
    void eachEndpointHasItsPool() {
        EndpointPool pool = pools.of(b);
        assertNotNull(pool);
        assertSame(b, pool.endpoint());
        assertSame(pool, pools.of(b));
        assertNull(pools.of(endpoint(2)));
    }

    @Test
    void anEndpointIsDeadOnlyIfTheChecksSaySo() {
        assertFalse(a.isDead());
        a.status(new EndpointStatus(false, "connect refused", 0, 1));
        assertTrue(a.isDead());
        assertEquals(b, pools.pick().endpoint());
        a.status(new EndpointStatus(true, "", 1, 2));
        assertFalse(a.isDead());
    }

    @Test
    void anEndpointOfALaterConfigurationHasAPoolBeforeThatConfigurationIsHere() {
        Endpoint early = new Endpoint(InetSocketAddress.createUnresolved("host", 3), 2);

        EndpointPool pool = pools.of(early);

        assertNotNull(pool);
        assertSame(early, pool.endpoint());
        assertSame(pool, pools.of(early));
    }

    private UpstreamPools pools() {
        Duration second = Duration.ofSeconds(1);
        ManualClock clock = new ManualClock();
        LoopTimers timers = new LoopTimers(clock, (tick, delayNanos) -> {});
        BreakerConfig breaker = new BreakerConfig(5, second, 1);
        UpstreamConfig config = new UpstreamConfig(
                "app",
                List.of(EndpointConfig.of("host", 1), EndpointConfig.of("host", 2)),
                UpstreamConfig.Protocol.HTTP1,
                UpstreamConfig.SessionAffinity.MCP_SESSION,
                new PoolConfig(second, second, second, 10, 10),
                breaker,
                PlainBalancing.check(HealthCheckConfig.Type.NONE, second, second, 1, 1),
                PlainProtocols.UPSTREAM_HTTP2,
                Optional.empty(),
                UpstreamConfig.SendProxyProtocol.OFF,
                PlainBalancing.BALANCING);
        EndpointPools all = new EndpointPools(
                1,
                new UpstreamConnector(group.next(), loops, DefaultAddressResolverGroup.INSTANCE, timers, clock),
                timers,
                clock,
                new SplittableRandom(1));
        Upstream upstream = new Upstream(
                config,
                new CircuitBreaker("app", breaker, (one, from, to, why) -> {}),
                List.of(a, b),
                Memories.empty(clock));
        UpstreamPools made = all.of(upstream, new UpstreamGauges());
        all.retain(1, List.of(upstream));
        return made;
    }

    private static Endpoint endpoint(int port) {
        return new Endpoint(InetSocketAddress.createUnresolved("host", port));
    }
}
