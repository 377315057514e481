package dev.outrigger.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.record.UpstreamGauges;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.resilience.ManualTicks;
import dev.outrigger.testing.Await;
import dev.outrigger.testing.Borrower;
import dev.outrigger.testing.KeepAliveServer;
import dev.outrigger.time.ManualClock;
import dev.outrigger.transport.Dial;
import dev.outrigger.transport.EventLoops;
import dev.outrigger.transport.Http2ClientLimits;
import dev.outrigger.transport.UpstreamConnector;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.resolver.DefaultAddressResolverGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections from the addresses of clients, which are those of loopback here. */
class ClientPoolsTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration IDLE = Duration.ofSeconds(4);
    private static final Dial HTTP1 = new Dial(Dial.Offer.HTTP1, new Http2ClientLimits(100, 65_535, 65_535, 0, 0));
    private static final ClientInfo FIRST = client("127.0.0.2");
    private static final ClientInfo SECOND = client("127.0.0.3");
    private static final ClientInfo THIRD = client("127.0.0.4");

    private final ManualClock clock = new ManualClock(Long.MAX_VALUE - 5);
    private final ManualTicks ticks = new ManualTicks(clock);
    private final EventLoops loops = EventLoops.probe(Transport.NIO);
    private final EventLoopGroup group = loops.open(1, "pool-test");
    private final EventLoop loop = group.next();
    private final KeepAliveServer server = new KeepAliveServer(group);
    private final UpstreamGauges gauges = new UpstreamGauges();
    private final LoopTimers timers = new LoopTimers(clock, ticks);
    private final EndpointPool pool = on(() -> new EndpointPool(
            new Endpoint(server.address()),
            settings(2, Sources.CLIENT),
            new UpstreamConnector(loop, loops, DefaultAddressResolverGroup.INSTANCE, timers, clock),
            timers,
            clock,
            gauges));

    @AfterEach
    void stop() {
        server.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
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

        run(() -> ticks.advance(IDLE.plusMillis(20)));

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
        Borrower borrower = asked(client);
        Await.until("it is connected", LIMIT, borrower::isConnected);
        return borrower;
    }

    private void finish(Borrower borrower) {
        run(borrower::finish);
        Await.until("its exchange is over", LIMIT, borrower::isOver);
        run(() -> {});
    }

    private void awaitOpen(int connections) {
        Await.until("the server has " + connections + " connections", LIMIT, () -> server.open() == connections);
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
