package dev.outrigger.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.config.model.UpstreamConfig.SendProxyProtocol;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.record.UpstreamGauges;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.resilience.ManualTicks;
import dev.outrigger.testing.Await;
import dev.outrigger.testing.Borrower;
import dev.outrigger.testing.FrameServer;
import dev.outrigger.time.ManualClock;
import dev.outrigger.transport.Dial;
import dev.outrigger.transport.EventLoops;
import dev.outrigger.transport.Http2ClientLimits;
import dev.outrigger.transport.UpstreamConnector;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.resolver.DefaultAddressResolverGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pool whose connections carry several exchanges at a time. Real connections, but a clock that is moved by hand. */
class SharedConnectionsTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration WAIT = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofSeconds(4);

    private final ManualClock clock = new ManualClock(Long.MAX_VALUE - 5);
    private final ManualTicks ticks = new ManualTicks(clock);
    private final EventLoops loops = EventLoops.probe(Transport.NIO);
    private final EventLoopGroup group = loops.open(1, "pool-test");
    private final EventLoop loop = group.next();
    private final UpstreamGauges gauges = new UpstreamGauges();
    private final FrameServer server =
            new FrameServer(new Http2Settings().maxConcurrentStreams(2), true, (stream, all) -> {
                if (all) {
                    stream.head("204", true);
                }
            });
    private final EndpointPool pool = on(() -> {
        LoopTimers timers = new LoopTimers(clock, ticks);
        return new EndpointPool(
                new Endpoint(server.address()),
                settings(10, dial(100)),
                new UpstreamConnector(loop, loops, DefaultAddressResolverGroup.INSTANCE, timers, clock),
                timers,
                clock,
                gauges);
    });

    @AfterEach
    void stop() {
        server.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void whoWaitsDuringAConnectGetsAStreamOfThatConnection() {
        List<Borrower> borrowers = new ArrayList<>();
        run(() -> {
            for (int i = 0; i < 5; i++) {
                Borrower borrower = new Borrower();
                borrowers.add(borrower);
                pool.acquire(borrower, clock.nanoTime());
            }
        });
        borrowers.forEach(borrower -> Await.until("it has a stream", LIMIT, borrower::isConnected));

        assertEquals(1, gauges.connects);
        assertEquals(5, on(pool::load));
    }

    @Test
    void aSmallerLimitOfOursHolds() {
        run(() -> pool.reconfigure(settings(1, dial(1))));
        Borrower first = connected();
        Borrower second = asked();

        assertFalse(second.isConnected());
        finish(first);

        Await.until("it is the waiter's turn", LIMIT, second::isConnected);
        assertEquals(1, gauges.connects);
    }

    @Test
    void whereTheUpstreamAllowsFewerAnotherConnectionIsMade() {
        finish(connected());
        connected();
        connected();

        Borrower third = connected();

        assertEquals(2, gauges.connects);
        assertEquals(3, on(pool::load));
        finish(third);
        assertGauges(2, 1);
    }

    @Test
    void theFirstConnectionWithRoomIsTakenSoThatTheOthersComeToRest() {
        finish(connected());
        List<Borrower> four = List.of(connected(), connected(), connected(), connected());
        assertGauges(2, 0);
        finish(four.get(0));
        finish(four.get(2));
        Borrower again = connected();
        finish(four.get(3));

        assertGauges(2, 1);
        finish(again);
        finish(four.get(1));
        assertGauges(2, 2);
        assertEquals(0, on(pool::load));
    }

    @Test
    void aConnectionRestsWhenItsLastStreamHasEndedAndThenCloses() {
        Borrower one = connected();
        Borrower other = connected();
        finish(one);
        advance(Duration.ofSeconds(9));
        assertGauges(1, 0);
        finish(other);
        assertGauges(1, 1);

        advance(Duration.ofMillis(4020));

        Await.until("the server has no connection", LIMIT, () -> server.open() == 0);
        awaitGauges(0, 0);
    }

    @Test
    void aClosedPoolFinishesTheStreamsThatItHas() {
        Borrower used = connected();

        run(pool::close);
        finish(used);

        assertNull(used.refused());
        Await.until("the server has no connection", LIMIT, () -> server.open() == 0);
        awaitGauges(0, 0);
        assertEquals(0, on(pool::load));
    }

    @Test
    void aChangeOfMannerLetsConnectionsGoWithoutCountingThem() {
        Borrower before = connected();

        run(() -> pool.reconfigure(settings(1, dial(50))));
        Borrower after = connected();

        assertEquals(2, gauges.connects);
        finish(before);
        Await.until("the first connection is gone", LIMIT, () -> server.open() == 1);
        finish(after);
        awaitGauges(1, 1);
    }

    @Test
    void aConnectThatFailsFailsAllThatWaitedForIt() {
        server.close();
        List<Borrower> borrowers = new ArrayList<>();
        run(() -> {
            for (int i = 0; i < 3; i++) {
                Borrower borrower = new Borrower();
                borrowers.add(borrower);
                pool.acquire(borrower, clock.nanoTime());
            }
        });

        for (Borrower borrower : borrowers) {
            Await.until("it is refused", LIMIT, borrower::isOver);
            assertEquals(Reason.CONNECT_REFUSED, borrower.refused());
        }
        assertEquals(1, gauges.connectFailures);
    }

    @Test
    void clientsOfEachVersionHaveAPoolOfTheirOwnWhereOnlyTheyCanTell() {
        assertSame(pool, pool.forClient(client(true)));
        PoolLimits limits = settings(10, dial(100)).limits();
        Dial http1 = new Dial(Dial.Offer.HTTP1, dial(100).http2());

        run(() -> pool.reconfigure(new PoolSettings(limits, http1, dial(100), SendProxyProtocol.OFF)));
        EndpointPool http2 = pool.forClient(client(true));
        Borrower borrower = new Borrower();
        run(() -> http2.acquire(borrower, clock.nanoTime()));
        Await.until("it is connected", LIMIT, borrower::isConnected);

        assertNotSame(pool, http2);
        assertSame(pool, pool.forClient(client(false)));
        assertEquals(1, on(pool::load));
        finish(borrower);
        assertNull(borrower.refused());
    }

    private Borrower asked() {
        Borrower borrower = new Borrower();
        run(() -> pool.acquire(borrower, clock.nanoTime()));
        return borrower;
    }

    private Borrower connected() {
        Borrower borrower = asked();
        Await.until("it is connected", LIMIT, borrower::isConnected);
        return borrower;
    }

    private void finish(Borrower borrower) {
        run(borrower::finish);
        Await.until("its exchange is over", LIMIT, borrower::isOver);
        run(() -> {});
    }

    private void advance(Duration duration) {
        run(() -> ticks.advance(duration));
    }

    private void assertGauges(int connections, int idle) {
        assertEquals(connections + " " + idle, on(() -> gauges.connections + " " + gauges.idle));
    }

    private void awaitGauges(int connections, int idle) {
        Await.until(
                connections + " connections, " + idle + " of them idle",
                LIMIT,
                () -> on(() -> gauges.connections == connections && gauges.idle == idle && gauges.pending == 0));
    }

    private static Dial dial(int streams) {
        return new Dial(Dial.Offer.HTTP2, new Http2ClientLimits(streams, 65_535, 65_535, 0, 0));
    }

    private static ClientInfo client(boolean http2) {
        return ClientInfo.of("inbound", null, null, http2);
    }

    private static PoolSettings settings(int maxConnections, Dial dial) {
        PoolLimits limits = new PoolLimits(
                5_000, WAIT.toNanos(), IDLE.toNanos(), Duration.ofHours(1).toNanos(), maxConnections, 10);
        return new PoolSettings(limits, dial, null, SendProxyProtocol.OFF);
    }

    private void run(Runnable action) {
        on(() -> {
            action.run();
            return true;
        });
    }

    private <T> T on(Callable<T> action) {
        return loop.submit(action).syncUninterruptibly().getNow();
    }
}
