package dev.outrigger.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.failure.Reason;
import dev.outrigger.testing.Await;
import dev.outrigger.testing.Borrower;
import dev.outrigger.testing.KeepAliveServer;
import dev.outrigger.transport.Dial;
import dev.outrigger.transport.Http2ClientLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real connections, but a clock that is moved by hand. */
class EndpointPoolTest extends OnPoolLoop {
    private static final Dial HTTP1 = new Dial(Dial.Offer.HTTP1, new Http2ClientLimits(100, 65_535, 65_535, 0, 0));

    private final KeepAliveServer server = new KeepAliveServer(group);
    private final EndpointPool pool = open(server.address(), limits(10, Duration.ofSeconds(10), Duration.ofSeconds(4)));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aClosedPoolClosesWhatIsIdleAndWhatComesBack() {
        Borrower idle = connected();
        Borrower used = connected();
        finish(idle);
        assertGauges(2, 1);

        run(pool::close);
        awaitOpen(1);
        finish(used);

        awaitOpen(0);
        awaitGauges(0, 0);
        assertEquals(0, on(pool::load));
        assertEquals(2, gauges.connects);
    }

    @Test
    void anExchangeThatBeganBeforeTheCloseGetsAConnectionOfItsOwn() {
        run(pool::close);

        Borrower late = connected();
        finish(late);

        assertNull(late.refused());
        awaitOpen(0);
        awaitGauges(0, 0);
        assertEquals(0, on(pool::load));
    }

    @Test
    void waitersOfAClosedPoolAreServedBeforeItsConnectionsClose() {
        run(() -> pool.reconfigure(limits(1, Duration.ofSeconds(10), Duration.ofSeconds(4))));
        Borrower first = connected();
        Borrower second = asked();
        run(pool::close);
        finish(first);
        Await.until("the second has the connection", LIMIT, second::isConnected);
        finish(second);

        awaitOpen(0);
        assertEquals(1, server.accepted());
        assertEquals(0, on(pool::load));
    }

    @Test
    void connectionsBeyondASmallerNumberCloseAsTheyComeToRest() {
        List<Borrower> borrowers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            borrowers.add(connected());
        }
        finish(borrowers.get(0));
        finish(borrowers.get(1));
        assertGauges(5, 2);

        run(() -> pool.reconfigure(limits(2, Duration.ofSeconds(10), Duration.ofSeconds(4))));
        awaitOpen(3);
        Borrower waiting = asked();
        assertFalse(waiting.isConnected());
        finish(borrowers.get(2));
        awaitOpen(2);
        assertFalse(waiting.isConnected());
        finish(borrowers.get(3));
        Await.until("it is the waiter's turn", LIMIT, waiting::isConnected);
        finish(borrowers.get(4));
        finish(waiting);

        awaitGauges(2, 2);
        assertEquals(5, server.accepted());
    }

    @Test
    void aLargerNumberLetsMoreConnect() {
        run(() -> pool.reconfigure(limits(1, Duration.ofSeconds(10), Duration.ofSeconds(4))));
        connected();
        Borrower waiting = asked();

        run(() -> pool.reconfigure(limits(2, Duration.ofSeconds(10), Duration.ofSeconds(4))));

        Await.until("the waiter has a connection of its own", LIMIT, waiting::isConnected);
    }

    @Test
    void aShorterIdleTimeoutHoldsForWhatIsIdleAlready() {
        finish(connected());
        advance(Duration.ofSeconds(1));
        awaitOpen(1);

        run(() -> pool.reconfigure(limits(10, Duration.ofSeconds(10), Duration.ofSeconds(2))));
        advance(Duration.ofMillis(990));
        assertGauges(1, 1);
        advance(Duration.ofMillis(30));

        awaitOpen(0);
        awaitGauges(0, 0);
    }

    @Test
    void aShorterIdleTimeoutHoldsForWhatComesToRestLater() {
        finish(connected());
        Borrower again = connected();

        run(() -> pool.reconfigure(limits(10, Duration.ofSeconds(10), Duration.ofSeconds(1))));
        finish(again);
        advance(Duration.ofMillis(1020));

        awaitOpen(0);
        assertEquals(1, server.accepted());
    }

    @Test
    void aLongerIdleTimeoutHoldsForWhatIsIdleAlready() {
        finish(connected());

        run(() -> pool.reconfigure(limits(10, Duration.ofSeconds(10), Duration.ofSeconds(9))));
        advance(Duration.ofSeconds(8));

        assertGauges(1, 1);
        advance(Duration.ofSeconds(2));
        awaitOpen(0);
    }

    @Test
    void whoWaitsAlreadyWaitsAsLongAsWasPromisedAndNobodyIsGivenUpBeforeHim() {
        run(() -> pool.reconfigure(limits(1, Duration.ofSeconds(10), Duration.ofSeconds(4))));
        connected();
        Borrower early = asked();
        run(() -> pool.reconfigure(limits(1, Duration.ofSeconds(1), Duration.ofSeconds(4))));
        Borrower late = asked();

        advance(Duration.ofSeconds(9));
        assertNull(early.refused());
        assertNull(late.refused());
        advance(Duration.ofSeconds(2));

        assertEquals(Reason.POOL_WAIT, early.refused());
        assertEquals(Reason.POOL_WAIT, late.refused());
    }

    @Test
    void aShorterWaitHoldsOnceTheLineIsEmpty() {
        run(() -> pool.reconfigure(limits(1, Duration.ofSeconds(10), Duration.ofSeconds(4))));
        connected();
        Borrower gone = asked();
        run(() -> pool.reconfigure(limits(1, Duration.ofSeconds(1), Duration.ofSeconds(4))));
        run(() -> pool.cancel(gone));

        Borrower late = asked();
        advance(Duration.ofMillis(1020));

        assertNull(gone.refused());
        assertNotNull(late.refused());
    }

    private Borrower asked() {
        return asked(pool);
    }

    private Borrower connected() {
        return connected(asked());
    }

    private void awaitOpen(int connections) {
        Await.until("the server has " + connections + " connections", LIMIT, () -> server.open() == connections);
    }

    private static PoolSettings limits(int maxConnections, Duration wait, Duration idleTimeout) {
        PoolLimits limits = new PoolLimits(
                5_000,
                wait.toNanos(),
                idleTimeout.toNanos(),
                Duration.ofHours(1).toNanos(),
                maxConnections,
                10);
        return new PoolSettings(limits, HTTP1, null, UpstreamConfig.SendProxyProtocol.OFF);
    }
}
