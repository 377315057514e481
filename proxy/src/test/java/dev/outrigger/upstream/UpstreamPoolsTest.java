package dev.outrigger.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.PlainBalancing;
import dev.outrigger.config.PlainProtocols;
import dev.outrigger.config.model.BalancingConfig;
import dev.outrigger.config.model.BalancingConfig.LoadBalancer;
import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.config.model.EndpointConfig;
import dev.outrigger.config.model.HealthCheckConfig;
import dev.outrigger.config.model.HostPort;
import dev.outrigger.config.model.PoolConfig;
import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.failure.Failure;
import dev.outrigger.http.UpstreamStream;
import dev.outrigger.record.UpstreamGauges;
import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.testing.Memories;
import dev.outrigger.time.ManualClock;
import dev.outrigger.transport.EventLoops;
import dev.outrigger.transport.UpstreamConnector;
import io.netty.channel.EventLoopGroup;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UpstreamPoolsTest {
    private final Endpoint a = endpoint(1);
    private final Endpoint b = endpoint(2);
    private final EventLoops loops = EventLoops.probe(Transport.NIO);
    private final EventLoopGroup group = loops.open(1, "test");
    private final ManualClock clock = new ManualClock();
    private Upstream upstream;
    private final UpstreamPools pools = pools(PlainBalancing.BALANCING, 1, 1);

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
    void weightsHoldForEveryBalancerWhileNothingElseTellsEndpointsApart() {
        for (LoadBalancer kind : LoadBalancer.values()) {
            UpstreamPools weighted = pools(PlainBalancing.of(kind), 1, 3);
            int[] picks = picks(4000, weighted::pick);
            assertTrue(picks[1] > 2850 && picks[1] < 3150, kind + " " + picks[1]);
        }
    }

    @Test
    void roundRobinSpreadsTheHeavyOnesTurns() {
        UpstreamPools weighted = pools(PlainBalancing.of(LoadBalancer.ROUND_ROBIN), 1, 3);
        StringBuilder order = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            order.append(weighted.pick().endpoint() == a ? 'a' : 'b');
        }

        assertEquals("babbbabb", order.toString());
    }

    @Test
    void theOneWithLessToDoForItsWeightIsPicked() {
        UpstreamPools weighted = pools(PlainBalancing.of(LoadBalancer.LEAST_REQUEST), 1, 3);
        EndpointPool heavy = pool(weighted, b);
        occupy(heavy, 1);
        assertEquals(100, picks(100, weighted::pick)[0], "none under way");
        occupy(pool(weighted, a), 1);
        assertEquals(100, picks(100, weighted::pick)[1], "1 of 1 against 1 of 3");
        occupy(heavy, 3);
        assertEquals(100, picks(100, weighted::pick)[0], "1 of 1 against 4 of 3");
    }

    @Test
    void theFasterOneIsPickedUntilMoreIsUnderWayThere() {
        UpstreamPools fast = pools(PlainBalancing.of(LoadBalancer.PEAK_EWMA), 1, 1);
        pool(fast, a).latency().onAnswer(10_000_000, 0);
        assertEquals(100, picks(100, fast::pick)[1], "the unknown one first");
        pool(fast, b).latency().onAnswer(35_000_000, 0);
        assertEquals(100, picks(100, fast::pick)[0]);
        occupy(pool(fast, a), 4);
        assertEquals(100, picks(100, fast::pick)[1], "5 times 10 ms against 35 ms");
        pool(fast, b).latency().onFailure(0, 0);
        assertEquals(100, picks(100, fast::pick)[0], "a failure is slow");
    }

    @Test
    void anotherOneThanWasTriedIsPickedIfThereIsOne() {
        assertEquals(100, picks(100, () -> pools.pickOther(pool(pools, a)))[1]);
        b.status(new EndpointStatus(false, "connect refused", 0, 1));
        assertEquals(100, picks(100, () -> pools.pickOther(pool(pools, a)))[0], "rather than one that does not work");
        a.status(new EndpointStatus(false, "connect refused", 0, 1));
        assertEquals(100, picks(100, () -> pools.pickOther(pool(pools, a)))[1], "when none works");
    }

    @Test
    void anEndpointThatIsOutGetsOneRequestWhenItIsDue() {
        eject(a);
        assertEquals(100, picks(100, pools::pick)[1]);

        clock.advance(Duration.ofSeconds(31));
        assertEquals(1, picks(100, pools::pick)[0], "the one that tries it");
        upstream.onSuccess(a, clock.nanoTime());
        assertTrue(picks(100, pools::pick)[0] > 20);
    }

    @Test
    void belowThePanicThresholdAllAreUsed() {
        EndpointStatus dead = new EndpointStatus(false, "connect refused", 0, 1);
        a.status(dead);
        assertEquals(100, picks(100, pools::pick)[1], "half of them work");
        b.status(dead);
        int[] picks = picks(100, pools::pick);
        assertTrue(picks[0] > 20 && picks[1] > 20, "none works");
    }

    @Test
    void slowStartLetsAnEndpointComeToItsWeight() {
        BalancingConfig plain = PlainBalancing.of(LoadBalancer.RANDOM);
        UpstreamPools slow = pools(
                new BalancingConfig(
                        LoadBalancer.RANDOM, Duration.ofSeconds(10), 0.5, plain.affinity(), plain.ejection()),
                1,
                1);
        assertTrue(picks(1000, slow::pick)[0] > 400, "both were there from the beginning");
        a.beginsNow(clock.nanoTime());
        int atFirst = picks(1000, slow::pick)[0];
        clock.advance(Duration.ofSeconds(5));
        int halfWay = picks(1000, slow::pick)[0];
        clock.advance(Duration.ofSeconds(5));
        int atLast = picks(1000, slow::pick)[0];

        assertTrue(atFirst > 40 && atFirst < 150, "a tenth of the weight: " + atFirst);
        assertTrue(halfWay > 270 && halfWay < 400, "half of the weight: " + halfWay);
        assertTrue(atLast > 430 && atLast < 570, "the whole weight: " + atLast);
    }

    @Test
    void aKeyStaysWithItsEndpointAndComesBackToIt() {
        long key = KeyHash.of("user-1");
        EndpointPool own = pools.pickFor(key);
        EndpointPool other = own.endpoint() == a ? pool(pools, b) : pool(pools, a);
        assertSame(own, pools.pickFor(key));
        own.endpoint().status(new EndpointStatus(false, "connect refused", 0, 1));
        assertSame(other, pools.pickFor(key));
        own.endpoint().status(new EndpointStatus(true, "", 1, 2));
        assertSame(own, pools.pickFor(key));
        eject(own.endpoint());
        assertSame(other, pools.pickFor(key));
        clock.advance(Duration.ofSeconds(31));
        assertSame(own, pools.pickFor(key), "the one request that tries it");
        assertSame(other, pools.pickFor(key));
    }

    @Test
    void aKeyWhoseEndpointWasTriedGoesToTheOneThatItWouldHaveWithoutIt() {
        for (int user = 0; user < 20; user++) {
            long key = KeyHash.of("user-" + user);
            EndpointPool own = pools.pickFor(key);
            EndpointPool other = own.endpoint() == a ? pool(pools, b) : pool(pools, a);
            assertSame(other, pools.pickOtherFor(key, own));
            assertSame(own, pools.pickFor(key), "nothing has changed");
            other.endpoint().status(new EndpointStatus(false, "connect refused", 0, 1));
            assertSame(own, pools.pickOtherFor(key, own), "rather than one that does not work");
            other.endpoint().status(new EndpointStatus(true, "", 1, 2));
        }
    }

    @Test
    void anEndpointOfALaterConfigurationHasAPoolBeforeThatConfigurationIsHere() {
        Endpoint early = new Endpoint(InetSocketAddress.createUnresolved("host", 3), 2);

        EndpointPool pool = pools.of(early);

        assertNotNull(pool);
        assertSame(early, pool.endpoint());
        assertSame(pool, pools.of(early));
    }

    private void eject(Endpoint endpoint) {
        for (int i = 0; i < 5; i++) {
            upstream.onFailure(endpoint, clock.nanoTime());
        }
        assertTrue(endpoint.ejection().isOut());
    }

    private static EndpointPool pool(UpstreamPools of, Endpoint endpoint) {
        EndpointPool pool = of.of(endpoint);
        assertNotNull(pool);
        return pool;
    }

    /** Exchanges that wait for a connection are under way too. */
    private static void occupy(EndpointPool pool, int more) {
        for (int i = 0; i < more; i++) {
            pool.acquire(
                    new EndpointPool.Waiter() {
                        @Override
                        public void onConnection(UpstreamStream stream) {
                            stream.cancel();
                        }

                        @Override
                        public void onNoConnection(Failure failure) {}
                    },
                    0);
        }
    }

    private int[] picks(int times, Supplier<EndpointPool> choice) {
        int[] picks = new int[2];
        for (int i = 0; i < times; i++) {
            picks[choice.get().endpoint() == a ? 0 : 1]++;
        }
        return picks;
    }

    private UpstreamPools pools(BalancingConfig balancing, int weightOfA, int weightOfB) {
        Duration second = Duration.ofSeconds(1);
        LoopTimers timers = new LoopTimers(clock, (tick, delayNanos) -> {});
        BreakerConfig breaker = new BreakerConfig(5, second, 1);
        UpstreamConfig config = new UpstreamConfig(
                "app",
                List.of(
                        new EndpointConfig(new HostPort("host", 1), weightOfA),
                        new EndpointConfig(new HostPort("host", 2), weightOfB)),
                UpstreamConfig.Protocol.HTTP1,
                UpstreamConfig.SessionAffinity.MCP_SESSION,
                new PoolConfig(second, second, second, 10, 10),
                breaker,
                PlainBalancing.check(HealthCheckConfig.Type.NONE, second, second, 1, 1),
                PlainProtocols.UPSTREAM_HTTP2,
                Optional.empty(),
                UpstreamConfig.SendProxyProtocol.OFF,
                balancing,
                Optional.empty(),
                Optional.empty());
        EndpointPools all = new EndpointPools(
                1,
                new UpstreamConnector(group.next(), loops, NEVER, timers, clock),
                timers,
                clock,
                new SplittableRandom(1));
        upstream = new Upstream(
                config,
                new CircuitBreaker("app", breaker, (one, from, to, why) -> {}),
                List.of(a, b),
                Memories.empty(clock));
        UpstreamPools made = all.of(upstream, new UpstreamGauges());
        all.retain(1, List.of(upstream));
        return made;
    }

    /** Nothing is ever connected. */
    private static final AddressResolverGroup<InetSocketAddress> NEVER = new AddressResolverGroup<>() {
        @Override
        protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
            return new InetNameResolver(executor) {
                @Override
                protected void doResolve(String name, Promise<InetAddress> promise) {}

                @Override
                protected void doResolveAll(String name, Promise<List<InetAddress>> promise) {}
            }.asAddressResolver();
        }
    };

    private static Endpoint endpoint(int port) {
        return new Endpoint(InetSocketAddress.createUnresolved("host", port));
    }
}
