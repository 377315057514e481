package dev.outrigger.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.record.UpstreamGauges;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.resilience.ManualTicks;
import dev.outrigger.testing.Await;
import dev.outrigger.testing.Borrower;
import dev.outrigger.time.ManualClock;
import dev.outrigger.transport.EventLoops;
import dev.outrigger.transport.UpstreamConnector;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.resolver.DefaultAddressResolverGroup;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** One loop whose time stands still, and what tests of a pool do there. */
abstract class OnPoolLoop {
    static final Duration LIMIT = Duration.ofSeconds(20);

    final ManualClock clock = new ManualClock(Long.MAX_VALUE - 5);
    final UpstreamGauges gauges = new UpstreamGauges();
    final EventLoopGroup group;

    private final ManualTicks ticks = new ManualTicks(clock);
    private final EventLoops loops = EventLoops.probe(Transport.NIO);
    private final EventLoop loop;

    OnPoolLoop() {
        group = loops.open(1, "pool-test");
        loop = group.next();
    }

    /** Servers are closed before it. */
    @AfterEach
    void stopLoop() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    EndpointPool open(InetSocketAddress address, PoolSettings settings) {
        return on(() -> {
            LoopTimers timers = new LoopTimers(clock, ticks);
            UpstreamConnector connector =
                    new UpstreamConnector(loop, loops, DefaultAddressResolverGroup.INSTANCE, timers, clock);
            return new EndpointPool(new Endpoint(address), settings, connector, timers, clock, gauges);
        });
    }

    Borrower asked(EndpointPool pool) {
        Borrower borrower = new Borrower();
        run(() -> pool.acquire(borrower, clock.nanoTime()));
        return borrower;
    }

    static Borrower connected(Borrower borrower) {
        Await.until("it is connected", LIMIT, borrower::isConnected);
        return borrower;
    }

    void finish(Borrower borrower) {
        run(borrower::finish);
        Await.until("its exchange is over", LIMIT, borrower::isOver);
        run(() -> {});
    }

    void advance(Duration duration) {
        run(() -> ticks.advance(duration));
    }

    void assertGauges(int connections, int idle) {
        assertEquals(connections + " " + idle, on(() -> gauges.connections + " " + gauges.idle));
    }

    void awaitGauges(int connections, int idle) {
        Await.until(
                connections + " connections, " + idle + " of them idle",
                LIMIT,
                () -> on(() -> gauges.connections == connections && gauges.idle == idle && gauges.pending == 0));
    }

    void run(Runnable action) {
        on(() -> {
            action.run();
            return true;
        });
    }

    <T> T on(Callable<T> action) {
        return loop.submit(action).syncUninterruptibly().getNow();
    }
}
