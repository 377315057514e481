package dev.outrigger.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.outrigger.config.model.UpstreamConfig.SendProxyProtocol;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.testing.Await;
import dev.outrigger.testing.Borrower;
import dev.outrigger.testing.FrameServer;
import dev.outrigger.transport.Dial;
import dev.outrigger.transport.Http2ClientLimits;
import io.netty.handler.codec.http2.Http2Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pool whose connections carry several exchanges at a time. Real connections, but a clock that is moved by hand. */
class SharedConnectionsTest extends OnPoolLoop {
    private static final Duration WAIT = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofSeconds(4);

    private final FrameServer server =
            new FrameServer(new Http2Settings().maxConcurrentStreams(2), true, (stream, all) -> {
                if (all) {
                    stream.head("204", true);
                }
            });
    private final EndpointPool pool = open(server.address(), settings(10, dial(100)));

    @AfterEach
    void stop() {
        server.close();
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
        return asked(pool);
    }

    private Borrower connected() {
        return connected(asked());
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
}
