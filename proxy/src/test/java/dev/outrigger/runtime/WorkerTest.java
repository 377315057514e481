package dev.outrigger.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.outrigger.config.model.InterceptionConfig;
import dev.outrigger.config.model.InterceptionConfig.Direction;
import dev.outrigger.http.Intercepted;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.Records;
import dev.outrigger.testing.Await;
import dev.outrigger.testing.Borrower;
import dev.outrigger.testing.Configs;
import dev.outrigger.upstream.Endpoint;
import dev.outrigger.upstream.EndpointPool;
import dev.outrigger.upstream.Upstream;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkerTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String TRANSPARENT = "\nlisteners.inbound.mode = transparent";

    private final WorkerFixture fixture = new WorkerFixture(2);
    private final String both = "upstreams.app { " + fixture.endpoints(0, 1) + " }";
    private final String onlyFirst = "upstreams.app { " + fixture.endpoints(0) + " }";
    private final Snapshot first = compile(both, null);
    private final Upstream app = first.upstreams().get(0);
    private final Worker worker = fixture.worker(first);
    private final WorkerView pinned = worker.view();

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void anExchangeGoesOnWithTheViewThatItBeganWith() {
        Snapshot second = adopt(onlyFirst);
        Upstream changed = second.upstreams().get(0);

        assertSame(second, worker.snapshot());
        assertSame(first, pinned.snapshot());
        Endpoint gone = app.endpoints().get(1);
        assertNotNull(fixture.on(() -> pinned.pools(app).of(gone)));
        assertNull(fixture.on(() -> worker.view().pools(changed).of(gone)));
        assertThrows(IllegalArgumentException.class, () -> worker.view().pools(app));
        assertThrows(IllegalArgumentException.class, () -> pinned.pools(changed));
    }

    @Test
    void anUpstreamThatStaysTheSameKeepsItsPools() {
        Snapshot second = adopt(both + "\nupstreams.other { " + fixture.endpoints(1) + " }");
        assertSame(pinned.pools(app), worker.view().pools(app));

        WorkerView before = worker.view();
        fixture.run(() -> worker.adopt(second.with(new Switches(false, 0, true, false))));
        assertSame(before.pools(app), worker.view().pools(app));
        assertSame(
                before.pools(second.upstreams().get(1)),
                worker.view().pools(second.upstreams().get(1)));
    }

    @Test
    void aChangedUpstreamKeepsTheConnectionsOfTheEndpointsThatStay() {
        Borrower used = connected(pinned, app, 0);
        finish(used);
        assertEquals(1, fixture.server(0).open());

        Snapshot second = adopt(onlyFirst + "\nupstreams.app.pool.max-connections = 9");
        Upstream changed = second.upstreams().get(0);
        assertNotSame(pinned.pools(app), worker.view().pools(changed));
        finish(connected(worker.view(), changed, 0));

        assertEquals(1, fixture.server(0).accepted());
    }

    @Test
    void connectionsToAnEndpointThatIsGoneCloseWhenTheyComeToRest() {
        Borrower idle = connected(pinned, app, 1);
        Borrower used = connected(pinned, app, 1);
        finish(idle);

        adopt(onlyFirst);
        Await.until("the idle one is closed", LIMIT, () -> fixture.server(1).open() == 1);
        finish(used);

        assertNull(used.refused());
        Await.until("the used one is closed", LIMIT, () -> fixture.server(1).open() == 0);
        Borrower late = connected(pinned, app, 1);
        finish(late);
        assertNull(late.refused());
        Await.until(
                "so is the one of an exchange of before",
                LIMIT,
                () -> fixture.server(1).open() == 0);
    }

    @Test
    void anEndpointLearnedFromAnotherWorkerKeepsItsPoolWhenTheConfigurationComes() {
        adopt(onlyFirst);
        WorkerView before = worker.view();
        Upstream one = worker.snapshot().upstreams().get(0);
        Snapshot third = compile(both, worker.snapshot());
        Upstream two = third.upstreams().get(0);
        Endpoint added = two.endpoints().get(1);

        EndpointPool early = fixture.on(() -> before.pools(one).of(added));
        assertNotNull(early);
        fixture.run(() -> worker.adopt(third));

        assertSame(early, fixture.on(() -> worker.view().pools(two).of(added)));
        assertSame(early, fixture.on(() -> before.pools(one).of(added)), "for exchanges of before as well");
        adopt(onlyFirst);
        assertNull(fixture.on(() -> before.pools(one).of(added)));
    }

    @Test
    void connectionsToAnOriginalDestinationOutlastConfigurationsAndEndWithIt() {
        Snapshot intercepting = adopt(both + TRANSPARENT);
        Upstream original = intercepting
                .interception()
                .upstream(new Intercepted(
                        fixture.server(0).address(),
                        new InterceptionConfig(Direction.INBOUND, false, Set.of(), List.of())));
        finish(connected(worker.view(), original, 0));

        adopt(onlyFirst + TRANSPARENT);
        fixture.run(worker::followOriginals);
        finish(connected(worker.view(), original, 0));
        assertEquals(1, fixture.server(0).accepted());

        // What holds for all of them is different now, so those that were known leave.
        adopt(onlyFirst + TRANSPARENT + "\noriginal.max-destinations = 5");
        Await.until(
                "it is closed",
                LIMIT,
                () -> fixture.server(0).accepted() == 1 && fixture.server(0).open() == 0);
    }

    @Test
    void switchesReachTheRecordersAndTheTraces() {
        ExchangeRecord record = new ExchangeRecord();
        fixture.run(() -> worker.adopt(first.with(new Switches(true, 0, false, false))));
        fixture.run(() -> {
            worker.traces().start(record, null, null);
            worker.metrics().onFinish(Records.toolCall("echo", Duration.ofMillis(1)));
        });

        assertFalse(record.sampled);
        assertEquals(0, handedOver());

        fixture.run(() -> worker.adopt(first));
        fixture.run(() -> worker.metrics().onFinish(Records.toolCall("echo", Duration.ofMillis(1))));
        assertEquals(1, handedOver());
    }

    private int handedOver() {
        return fixture.on(() -> worker.metrics().handOver(List.of()).parts().size());
    }

    private Snapshot compile(String hocon, Snapshot before) {
        return fixture.compiler().compile(Configs.of("app", hocon), before);
    }

    private Snapshot adopt(String hocon) {
        Snapshot next = compile(hocon, worker.snapshot());
        fixture.run(() -> worker.adopt(next));
        return next;
    }

    private Borrower connected(WorkerView view, Upstream upstream, int endpoint) {
        Borrower borrower = new Borrower();
        fixture.run(() -> {
            EndpointPool pool = view.pools(upstream).of(upstream.endpoints().get(endpoint));
            pool.acquire(borrower, worker.clock().nanoTime());
        });
        Await.until("it is connected", LIMIT, borrower::isConnected);
        return borrower;
    }

    private void finish(Borrower borrower) {
        fixture.run(borrower::finish);
        Await.until("its exchange is over", LIMIT, borrower::isOver);
        fixture.run(() -> {});
    }
}
