package dev.outrigger.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.testing.Await;
import dev.outrigger.testing.Borrower;
import dev.outrigger.testing.KeepAliveServer;
import dev.outrigger.transport.Dial;
import dev.outrigger.transport.Http2ClientLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections from the addresses of clients, which are those of loopback here. */
class ClientPoolsTest extends OnPoolLoop {
    private static final Duration IDLE = Duration.ofSeconds(4);
    private static final Dial HTTP1 = new Dial(Dial.Offer.HTTP1, new Http2ClientLimits(100, 65_535, 65_535, 0, 0));
    private static final ClientInfo FIRST = client("127.0.0.2");
    private static final ClientInfo SECOND = client("127.0.0.3");
    private static final ClientInfo THIRD = client("127.0.0.4");

    private final KeepAliveServer server = new KeepAliveServer(group);
    private final EndpointPool pool = open(server.address(), settings(2, Sources.CLIENT));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aClientHasItsConnectionAgainAndNobodyElseHasIt() {
        finish(connected(FIRST));
        finish(connected(FIRST));
        assertEquals(1, server.accepted());

        finish(connected(SECOND));
        finish(connected(FIRST));
        finish(connected(SECOND));

        assertEquals(2, server.accepted());
        assertGauges(2, 2);
        assertEquals(0, on(pool::load));
    }

    @Test
    void connectionsOfClientsRestNoLongerThanOthers() {
        finish(connected(FIRST));

        advance(IDLE.plusMillis(20));

        awaitOpen(0);
        awaitGauges(0, 0);
    }

    @Test
    void aNewClientTakesThePlaceOfTheOneThatWasNotThereForLongest() {
        finish(connected(FIRST));
        finish(connected(SECOND));
        finish(connected(FIRST));

        finish(connected(THIRD));
        awaitOpen(2);
        finish(connected(FIRST));
        assertEquals(3, server.accepted());
        finish(connected(SECOND));

        assertEquals(4, server.accepted());
        awaitOpen(2);
        awaitGauges(2, 2);
    }

    @Test
    void clientsThatNeverAskedForAConnectionAreForgotten() {
        EndpointPool forgotten = on(() -> pool.forClient(FIRST));
        assertSame(forgotten, on(() -> pool.forClient(FIRST)));
        for (int i = 10; i < 20; i++) {
            ClientInfo other = client("127.0.0." + i);
            on(() -> pool.forClient(other));
        }

        assertNotSame(forgotten, on(() -> pool.forClient(FIRST)));
    }

    @Test
    void theLimitHoldsForAllClientsTogether() {
        Borrower first = connected(FIRST);
        connected(SECOND);
        assertEquals(2, on(pool::load));

        assertEquals(Reason.POOL_FULL, asked(THIRD).refused());
        assertEquals(Reason.POOL_FULL, asked(FIRST).refused());

        finish(first);
        finish(connected(THIRD));
        assertEquals(3, server.accepted());
        assertEquals(1, on(pool::load));
    }

    @Test
    void aClosedPoolClosesTheConnectionsOfItsClients() {
        finish(connected(FIRST));
        Borrower used = connected(SECOND);

        run(pool::close);
        awaitOpen(1);
        finish(used);
        awaitOpen(0);
        finish(connected(FIRST));

        awaitOpen(0);
        awaitGauges(0, 0);
        assertEquals(0, on(pool::load));
    }

    @Test
    void connectionsThatComeFromElsewhereThanIsWantedNowClose() {
        finish(connected(FIRST));

        run(() -> pool.reconfigure(settings(2, Sources.ANY)));

        awaitOpen(0);
        assertSame(pool, on(() -> pool.forClient(FIRST)));
    }

    @Test
    void clientsOfAnotherFamilyShareWhatTheSystemChoosesAndTheLimit() {
        ClientInfo client = client("2001:db8::7");

        finish(connected(FIRST));
        finish(connected(SECOND));

        assertSame(pool, on(() -> pool.forClient(client)));
        Borrower borrower = connected(client);
        finish(borrower);
        assertNull(borrower.refused());
        awaitOpen(2);

        finish(connected(THIRD));
        finish(connected(FIRST));
        awaitOpen(2);
        awaitGauges(2, 2);
    }

    @Test
    void anAddressThatIsNotHereIsNoFaultOfTheEndpoint() throws UnknownHostException {
        Sources elsewhere = new Sources(List.of(InetAddress.getByName("192.0.2.1")), false);
        run(() -> pool.reconfigure(settings(2, Sources.ANY).from(elsewhere, server.address())));

        Borrower borrower = asked(FIRST);
        Await.until("it is refused", LIMIT, borrower::isOver);

        assertEquals(Reason.POOL_FULL, borrower.refused());
        assertEquals(0, server.accepted());
    }

    private static ClientInfo client(String address) {
        return ClientInfo.of("inbound", new InetSocketAddress(address, 40_000), null, false);
    }

    private Borrower asked(ClientInfo client) {
        Borrower borrower = new Borrower();
        run(() -> pool.forClient(client).acquire(borrower, clock.nanoTime()));
        return borrower;
    }

    private Borrower connected(ClientInfo client) {
        return connected(asked(client));
    }

    private void awaitOpen(int connections) {
        Await.until("the server has " + connections + " connections", LIMIT, () -> server.open() == connections);
    }

    private static PoolSettings settings(int maxConnections, Sources sources) {
        PoolLimits limits = new PoolLimits(
                5_000,
                Duration.ofSeconds(10).toNanos(),
                IDLE.toNanos(),
                Duration.ofHours(1).toNanos(),
                maxConnections,
                10);
        return new PoolSettings(limits, HTTP1, null, UpstreamConfig.SendProxyProtocol.OFF, sources);
    }
}
