package dev.outrigger.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.PlainBalancing;
import dev.outrigger.config.PlainProtocols;
import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.config.model.EndpointConfig;
import dev.outrigger.config.model.HealthCheckConfig;
import dev.outrigger.config.model.PoolConfig;
import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.testing.Await;
import dev.outrigger.testing.Memories;
import dev.outrigger.time.NanoClock;
import dev.outrigger.transport.EventLoops;
import dev.outrigger.transport.TlsSource;
import io.netty.channel.EventLoopGroup;
import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HealthCheckerTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration INTERVAL = Duration.ofMillis(4);
    private static final Duration NEVER_AGAIN = Duration.ofHours(1);
    /** A check that gets its answer may be late on a busy machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final Duration SOON = Duration.ofMillis(500);

    private final List<AutoCloseable> open = new ArrayList<>();
    private final AtomicLong epochMillis = new AtomicLong(1_000_000);
    /** Each reading is a millisecond later, so that each check can be told from the one before. */
    private final InstantSource wallClock = () -> Instant.ofEpochMilli(epochMillis.incrementAndGet());

    @AfterEach
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    @Test
    void followsAnEndpointThatDiesAndComesBack() throws Exception {
        ServerSocket server = listen(0);
        Endpoint endpoint = endpointOf(server);
        checker(Transport.NIO, DefaultAddressResolverGroup.INSTANCE).reconcile(List.of(upstream(INTERVAL, endpoint)));
        Await.until("it was checked", LIMIT, () -> endpoint.status().checkedAtEpochMillis() != 0);
        assertTrue(endpoint.status().healthy());
        assertTrue(endpoint.status().latencyNanos() > 0);

        server.close();
        Await.until("it is unhealthy", LIMIT, () -> !endpoint.status().healthy());
        assertEquals("connect refused", endpoint.status().error());

        listen(endpoint.address().getPort());
        Await.until("it is healthy again", LIMIT, () -> endpoint.status().healthy());
        assertEquals("", endpoint.status().error());
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"AUTO", "NIO"})
    void theFirstCheckDecidesAtOnceAndEndsTheFirstRound(Transport transport) throws Exception {
        ServerSocket gone = listen(0);
        Endpoint dead = endpointOf(gone);
        gone.close();
        Endpoint alive = endpointOf(listen(0));
        HealthChecker checker = checker(transport, DefaultAddressResolverGroup.INSTANCE);

        awaitEnd(checker.reconcile(List.of(upstream(NEVER_AGAIN, dead, alive))));

        assertFalse(dead.status().healthy());
        assertEquals("connect refused", dead.status().error());
        assertTrue(alive.status().healthy());
        assertTrue(alive.status().checkedAtEpochMillis() > 1_000_000);
    }

    @Test
    void aCheckThatNeverEndsTimesOut() throws Exception {
        Endpoint silent = new Endpoint(InetSocketAddress.createUnresolved("app.test", 80));
        HealthChecker checker = checker(Transport.NIO, new TestResolver(promise -> {}));

        awaitEnd(checker.reconcile(List.of(upstream(HealthCheckConfig.Type.TCP, NEVER_AGAIN, SOON, silent))));

        assertFalse(silent.status().healthy());
        assertEquals("connect timeout", silent.status().error());
    }

    @Test
    void aNameThatDoesNotResolveIsAnUnknownHost() throws Exception {
        Endpoint nameless = new Endpoint(InetSocketAddress.createUnresolved("app.test", 80));
        HealthChecker checker = checker(
                Transport.NIO, new TestResolver(promise -> promise.setFailure(new UnknownHostException("app.test"))));

        awaitEnd(checker.reconcile(List.of(upstream(NEVER_AGAIN, nameless))));

        assertEquals("unknown host", nameless.status().error());
    }

    @Test
    void upstreamsWithoutChecksAreNeverTouched() throws Exception {
        Endpoint endpoint = new Endpoint(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
        HealthChecker checker = checker(Transport.NIO, DefaultAddressResolverGroup.INSTANCE);

        awaitEnd(checker.reconcile(List.of(upstream(HealthCheckConfig.Type.NONE, INTERVAL, endpoint))));

        assertEquals(EndpointStatus.UNKNOWN, endpoint.status());
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"AUTO", "NIO"})
    void aCheckEndsWithAnOrdinaryCloseNotAReset(Transport transport) throws Exception {
        ServerSocket server = listen(0);
        HealthChecker checker = checker(transport, DefaultAddressResolverGroup.INSTANCE);

        checker.reconcile(List.of(upstream(NEVER_AGAIN, endpointOf(server))));

        try (Socket accepted = server.accept()) {
            accepted.setSoTimeout((int) LIMIT.toMillis());
            assertEquals(-1, accepted.getInputStream().read(), "end of stream; a reset would throw");
        }
    }

    @Test
    void afterStopNothingIsCheckedAnyMore() throws Exception {
        ServerSocket server = listen(0);
        Endpoint endpoint = endpointOf(server);
        EventLoopGroup group = loops(EventLoops.probe(Transport.NIO));
        HealthChecker checker = checker(EventLoops.probe(Transport.NIO), group, DefaultAddressResolverGroup.INSTANCE);
        checker.reconcile(List.of(upstream(INTERVAL, endpoint)));
        Await.until("it was checked", LIMIT, () -> endpoint.status().checkedAtEpochMillis() != 0);

        checker.stop();
        checker.stop();
        settle(group);
        EndpointStatus last = endpoint.status();
        server.close();
        // Whatever were still scheduled would run before this.
        group.next()
                .schedule(() -> {}, INTERVAL.toNanos() * 3, TimeUnit.NANOSECONDS)
                .sync();

        assertEquals(last, endpoint.status());
    }

    @Test
    void stoppingDuringTheFirstRoundEndsTheWaitForIt() {
        Endpoint silent = new Endpoint(InetSocketAddress.createUnresolved("app.test", 80));
        HealthChecker checker = checker(Transport.NIO, new TestResolver(promise -> {}));
        CompletionStage<Void> round =
                checker.reconcile(List.of(upstream(HealthCheckConfig.Type.TCP, NEVER_AGAIN, NEVER_AGAIN, silent)));

        checker.stop();

        Exception end = assertThrows(Exception.class, () -> awaitEnd(round));
        assertInstanceOf(CancellationException.class, end instanceof ExecutionException ? end.getCause() : end);
        assertEquals(EndpointStatus.UNKNOWN, silent.status());
    }

    @Test
    void anAnswerAfterTheStopChangesNothing() throws Exception {
        Endpoint slow = new Endpoint(InetSocketAddress.createUnresolved("app.test", 80));
        AtomicReference<Promise<?>> lookUp = new AtomicReference<>();
        EventLoops loops = EventLoops.probe(Transport.NIO);
        EventLoopGroup group = loops(loops);
        HealthChecker checker = checker(loops, group, new TestResolver(lookUp::set));
        checker.reconcile(List.of(upstream(HealthCheckConfig.Type.TCP, NEVER_AGAIN, NEVER_AGAIN, slow)));
        Await.until("the name is looked up", LIMIT, () -> lookUp.get() != null);

        checker.stop();
        settle(group);
        lookUp.get().setFailure(new UnknownHostException("app.test"));
        settle(group);

        assertEquals(EndpointStatus.UNKNOWN, slow.status());
    }

    @Test
    void anAnswerAfterTheTimeoutChangesNothing() throws Exception {
        Endpoint slow = new Endpoint(InetSocketAddress.createUnresolved("app.test", 80));
        AtomicReference<Promise<?>> lookUp = new AtomicReference<>();
        EventLoops loops = EventLoops.probe(Transport.NIO);
        EventLoopGroup group = loops(loops);
        HealthChecker checker = checker(loops, group, new TestResolver(lookUp::set));
        awaitEnd(checker.reconcile(List.of(upstream(HealthCheckConfig.Type.TCP, NEVER_AGAIN, SOON, slow))));
        EndpointStatus timedOut = slow.status();

        lookUp.get().setFailure(new UnknownHostException("app.test"));
        settle(group);

        assertEquals("connect timeout", timedOut.error());
        assertEquals(timedOut, slow.status());
    }

    @Test
    void aCheckGoesOnUndisturbedWhateverElseChanges() throws Exception {
        ServerSocket server = listen(0);
        Endpoint endpoint = endpointOf(server);
        HealthChecker checker = checker(Transport.NIO, DefaultAddressResolverGroup.INSTANCE);
        awaitEnd(checker.reconcile(List.of(upstream(NEVER_AGAIN, endpoint))));
        EndpointStatus first = endpoint.status();
        Endpoint added = endpointOf(listen(0));

        awaitEnd(checker.reconcile(List.of(upstream(NEVER_AGAIN, endpoint, added))));

        assertEquals(first, endpoint.status(), "not checked anew");
        assertTrue(added.isChecked());
    }

    @Test
    void aCheckBeginsAnewWhenConnectionsAreMadeInAnotherWay() throws Exception {
        ServerSocket server = listen(0);
        Endpoint endpoint = endpointOf(server);
        HealthChecker checker = checker(Transport.NIO, DefaultAddressResolverGroup.INSTANCE);

        checker.reconcile(List.of(upstream(UpstreamConfig.Protocol.HTTP1, endpoint)));
        assertEquals("GET ", firstBytes(server));
        checker.reconcile(List.of(upstream(UpstreamConfig.Protocol.HTTP2, endpoint)));

        Await.until("it is asked by HTTP/2", LIMIT, () -> firstBytes(server).equals("PRI "));
    }

    private static String firstBytes(ServerSocket server) {
        try (Socket accepted = server.accept()) {
            accepted.setSoTimeout((int) LIMIT.toMillis());
            return new String(accepted.getInputStream().readNBytes(4), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anEndpointThatIsGoneIsCheckedNoMore() throws Exception {
        ServerSocket server = listen(0);
        Endpoint gone = endpointOf(server);
        Endpoint stays = endpointOf(listen(0));
        HealthChecker checker = checker(Transport.NIO, DefaultAddressResolverGroup.INSTANCE);
        awaitEnd(checker.reconcile(List.of(upstream(INTERVAL, gone, stays))));

        awaitEnd(checker.reconcile(List.of(upstream(INTERVAL, stays))));
        EndpointStatus last = gone.status();
        long before = stays.status().checkedAtEpochMillis();
        Await.until(
                "the other was checked some more", LIMIT, () -> stays.status().checkedAtEpochMillis() > before + 5);

        assertEquals(last, gone.status());
    }

    @Test
    void whatChecksHaveFoundOutlastsTheirConfiguration() throws Exception {
        ServerSocket server = listen(0);
        Endpoint endpoint = endpointOf(server);
        HealthChecker checker = checker(Transport.NIO, DefaultAddressResolverGroup.INSTANCE);
        awaitEnd(checker.reconcile(List.of(upstream(NEVER_AGAIN, endpoint))));
        server.close();
        long before = endpoint.status().checkedAtEpochMillis();

        awaitEnd(checker.reconcile(List.of(upstream(NEVER_AGAIN.plusSeconds(1), endpoint))));
        Await.until("it was checked anew", LIMIT, () -> endpoint.status().checkedAtEpochMillis() > before);

        assertTrue(endpoint.status().healthy(), "one failure is noise");
    }

    @Test
    void anEndpointWhoseChecksAreSwitchedOffCountsAsHealthy() throws Exception {
        ServerSocket server = listen(0);
        Endpoint endpoint = endpointOf(server);
        server.close();
        HealthChecker checker = checker(Transport.NIO, DefaultAddressResolverGroup.INSTANCE);
        awaitEnd(checker.reconcile(List.of(upstream(NEVER_AGAIN, endpoint))));
        assertTrue(endpoint.isDead());

        awaitEnd(checker.reconcile(List.of(upstream(HealthCheckConfig.Type.NONE, NEVER_AGAIN, endpoint))));

        assertFalse(endpoint.isDead());
    }

    @Test
    void nobodyWaitsForTheFirstResultOfAnEndpointThatIsGoneMeanwhile() throws Exception {
        Endpoint silent = new Endpoint(InetSocketAddress.createUnresolved("app.test", 80));
        HealthChecker checker = checker(Transport.NIO, new TestResolver(promise -> {}));
        CompletionStage<Void> first =
                checker.reconcile(List.of(upstream(HealthCheckConfig.Type.TCP, NEVER_AGAIN, NEVER_AGAIN, silent)));

        awaitEnd(checker.reconcile(List.of()));

        awaitEnd(first);
    }

    @Test
    void waitsAreJitteredByTheShareThatIsConfigured() {
        SplittableRandom random = new SplittableRandom(1);
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int i = 0; i < 10_000; i++) {
            long wait = EndpointCheck.jittered(1_000_000, 0.1, random);
            least = Math.min(least, wait);
            most = Math.max(most, wait);
        }

        assertTrue(least >= 900_000 && least < 901_000, "least " + least);
        assertTrue(most <= 1_100_000 && most > 1_099_000, "most " + most);
    }

    private static void awaitEnd(CompletionStage<Void> round) throws Exception {
        round.toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private HealthChecker checker(Transport transport, AddressResolverGroup<InetSocketAddress> resolver) {
        EventLoops loops = EventLoops.probe(transport);
        return checker(loops, loops(loops), resolver);
    }

    private HealthChecker checker(
            EventLoops loops, EventLoopGroup group, AddressResolverGroup<InetSocketAddress> resolver) {
        HealthChecker checker = new HealthChecker(
                group.next(), loops, resolver, TlsSource.NONE, new SplittableRandom(7), NanoClock.SYSTEM, wallClock);
        open.add(() -> {
            checker.stop();
            settle(group);
        });
        return checker;
    }

    private EventLoopGroup loops(EventLoops loops) {
        EventLoopGroup group = loops.open(1, "health-test");
        open.add(() -> group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync());
        return group;
    }

    private static void settle(EventLoopGroup group) throws InterruptedException {
        group.next().submit(() -> {}).sync();
    }

    /** The port of a server that was just closed may need a moment. */
    private ServerSocket listen(int port) {
        List<ServerSocket> bound = new ArrayList<>();
        Await.until("port " + port + " is free", LIMIT, () -> {
            try {
                ServerSocket server = new ServerSocket();
                server.setReuseAddress(true);
                server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                bound.add(server);
                return true;
            } catch (IOException e) {
                if (port == 0) {
                    throw new UncheckedIOException(e);
                }
                return false;
            }
        });
        open.add(bound.get(0));
        return bound.get(0);
    }

    private static Endpoint endpointOf(ServerSocket server) {
        return new Endpoint(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort()));
    }

    private static Upstream upstream(Duration interval, Endpoint... endpoints) {
        return upstream(HealthCheckConfig.Type.TCP, interval, endpoints);
    }

    private static Upstream upstream(HealthCheckConfig.Type type, Duration interval, Endpoint... endpoints) {
        return upstream(type, interval, PATIENCE, endpoints);
    }

    private static Upstream upstream(UpstreamConfig.Protocol protocol, Endpoint endpoint) {
        return upstream(protocol, HealthCheckConfig.Type.HTTP, INTERVAL, PATIENCE, endpoint);
    }

    private static Upstream upstream(
            HealthCheckConfig.Type type, Duration interval, Duration timeout, Endpoint... endpoints) {
        return upstream(UpstreamConfig.Protocol.HTTP1, type, interval, timeout, endpoints);
    }

    private static Upstream upstream(
            UpstreamConfig.Protocol protocol,
            HealthCheckConfig.Type type,
            Duration interval,
            Duration timeout,
            Endpoint... endpoints) {
        BreakerConfig breaker = new BreakerConfig(5, Duration.ofSeconds(30), 1);
        List<EndpointConfig> addresses = List.of(EndpointConfig.of("127.0.0.1", 1));
        PoolConfig pool = new PoolConfig(Duration.ofSeconds(1), Duration.ofSeconds(4), Duration.ofHours(1), 10, 10);
        HealthCheckConfig check = PlainBalancing.check(type, interval, timeout, 2, 3);
        return new Upstream(
                new UpstreamConfig(
                        "app",
                        addresses,
                        protocol,
                        UpstreamConfig.SessionAffinity.NONE,
                        pool,
                        breaker,
                        check,
                        PlainProtocols.UPSTREAM_HTTP2,
                        Optional.empty(),
                        UpstreamConfig.SendProxyProtocol.OFF,
                        PlainBalancing.BALANCING,
                        Optional.empty(),
                        Optional.empty()),
                new CircuitBreaker("app", breaker, (b, from, to, why) -> {}),
                List.of(endpoints),
                Memories.empty());
    }

    /** Answers each look-up as the test says, or never. */
    private static final class TestResolver extends AddressResolverGroup<InetSocketAddress> {
        private final Consumer<Promise<?>> answer;

        TestResolver(Consumer<Promise<?>> answer) {
            this.answer = answer;
        }

        @Override
        protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
            return new AbstractAddressResolver<>(executor, InetSocketAddress.class) {
                @Override
                protected boolean doIsResolved(InetSocketAddress address) {
                    return !address.isUnresolved();
                }

                @Override
                protected void doResolve(InetSocketAddress unresolved, Promise<InetSocketAddress> promise) {
                    answer.accept(promise);
                }

                @Override
                protected void doResolveAll(InetSocketAddress unresolved, Promise<List<InetSocketAddress>> promise) {
                    answer.accept(promise);
                }
            };
        }
    }
}
