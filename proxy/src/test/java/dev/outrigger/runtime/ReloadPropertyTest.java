package dev.outrigger.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.outrigger.record.UpstreamGauges;
import dev.outrigger.testing.Await;
import dev.outrigger.testing.Borrower;
import dev.outrigger.testing.Configs;
import dev.outrigger.upstream.Endpoint;
import dev.outrigger.upstream.EndpointPool;
import dev.outrigger.upstream.Upstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Any sequence of reloads over any sets of upstreams, with exchanges of all configurations so far, on real connections. */
class ReloadPropertyTest {
    private static final int SERVERS = 4;
    private static final int[][] ENDPOINTS = {{0}, {0, 1}, {1, 2, 3}};
    private static final int VARIANTS = 3 * ENDPOINTS.length;
    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static WorkerFixture fixture;

    @BeforeContainer
    static void open() {
        fixture = new WorkerFixture(SERVERS);
    }

    @AfterContainer
    static void close() {
        fixture.close();
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void whatIsEqualStaysAndNoConnectionIsLeftBehind(@ForAll("steps") List<Step> steps) {
        Run run = new Run();
        for (Step step : steps) {
            switch (step.kind()) {
                case RELOAD -> run.reload(step.number());
                case BEGIN -> run.begin(run.views.get(run.views.size() - 1), step.number());
                case BEGIN_LATE -> run.begin(run.views.get(step.number() % run.views.size()), step.number());
                case FINISH -> run.finishOne(step.number());
            }
        }
        run.end();
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                Tuple.of(3, Kind.RELOAD),
                Tuple.of(5, Kind.BEGIN),
                Tuple.of(2, Kind.BEGIN_LATE),
                Tuple.of(4, Kind.FINISH));
        return Combinators.combine(kinds, Arbitraries.integers().between(0, Integer.MAX_VALUE))
                .as(Step::new)
                .list()
                .ofMinSize(5)
                .ofMaxSize(40);
    }

    enum Kind {
        RELOAD,
        BEGIN,
        /** With any configuration so far. */
        BEGIN_LATE,
        FINISH
    }

    /** @param number which configuration, upstream or exchange */
    record Step(Kind kind, int number) {}

    private static final class Run {
        private final List<WorkerView> views = new ArrayList<>();
        private final List<Borrower> underWay = new ArrayList<>();
        private final Worker worker;

        Run() {
            worker = fixture.worker(compile(0, null));
            views.add(worker.view());
        }

        void reload(int seed) {
            Snapshot before = worker.snapshot();
            Snapshot after = compile(seed, before);
            fixture.run(() -> worker.adopt(after));
            SnapshotCompiler.commit(before, after);
            WorkerView view = worker.view();
            fixture.run(() -> compare(views.get(views.size() - 1), view));
            views.add(view);
        }

        private void compare(WorkerView before, WorkerView after) {
            Map<String, Upstream> earlier = before.snapshot().upstreams().stream()
                    .collect(Collectors.toMap(Upstream::name, Function.identity()));
            for (Upstream upstream : after.snapshot().upstreams()) {
                Upstream old = earlier.get(upstream.name());
                if (old == null) {
                    continue;
                }
                if (old.config().equals(upstream.config())) {
                    assertSame(old, upstream);
                    assertSame(before.pools(old), after.pools(upstream));
                } else {
                    assertNotSame(old, upstream);
                    assertSame(old.breaker(), upstream.breaker());
                    assertSame(old.memory(), upstream.memory());
                }
                old.endpoints()
                        .forEach(endpoint -> compare(endpoint, before.pools(old).of(endpoint), upstream, after));
            }
        }

        private static void compare(Endpoint old, EndpointPool oldPool, Upstream upstream, WorkerView after) {
            boolean stays = upstream.endpoints().stream()
                    .anyMatch(endpoint -> endpoint.address().equals(old.address()));
            EndpointPool pool = after.pools(upstream).of(old);
            if (stays) {
                assertSame(oldPool, pool);
            } else {
                assertNull(pool);
            }
        }

        void begin(WorkerView view, int number) {
            List<Upstream> upstreams = view.snapshot().upstreams();
            Borrower borrower = new Borrower();
            fixture.run(() -> view.pools(upstreams.get(number % upstreams.size()))
                    .pick()
                    .acquire(borrower, worker.clock().nanoTime()));
            underWay.add(borrower);
        }

        void finishOne(int number) {
            List<Borrower> connected =
                    underWay.stream().filter(Borrower::isConnected).toList();
            if (!connected.isEmpty()) {
                finish(connected.get(number % connected.size()));
            }
        }

        private void finish(Borrower borrower) {
            underWay.remove(borrower);
            fixture.run(borrower::finish);
            Await.until("an exchange is over", LIMIT, borrower::isOver);
            assertNull(borrower.refused());
        }

        void end() {
            while (!underWay.isEmpty()) {
                Await.until(
                        "one has a connection", LIMIT, () -> underWay.stream().anyMatch(Borrower::isConnected));
                finishOne(0);
            }
            fixture.run(worker::closePools);
            Await.until("no connection is left", LIMIT, () -> fixture.open() == 0);
            for (String name : NAMES) {
                UpstreamGauges gauges = fixture.on(() -> worker.metrics().upstream(name));
                Await.until("none is counted", LIMIT, () -> fixture.on(() -> gauges.connections == 0));
                assertEquals(0, gauges.idle);
                assertEquals(0, gauges.pending);
                assertEquals(0, gauges.connectFailures);
            }
        }

        private Snapshot compile(int seed, Snapshot before) {
            SplittableRandom random = new SplittableRandom(seed);
            int sets = 1 + random.nextInt((1 << NAMES.size()) - 1);
            List<String> present = IntStream.range(0, NAMES.size())
                    .filter(i -> (sets >> i & 1) != 0)
                    .mapToObj(NAMES::get)
                    .toList();
            String hocon = present.stream()
                    .map(name -> "upstreams." + name + " { " + variant(random.nextInt(VARIANTS)) + " }")
                    .collect(Collectors.joining("\n"));
            return fixture.compiler().compile(Configs.of(present.get(0), hocon), before);
        }

        /** Few enough that an upstream often stays the same. */
        private static String variant(int number) {
            int connections = 1 + number / ENDPOINTS.length;
            return fixture.endpoints(ENDPOINTS[number % ENDPOINTS.length])
                    + ", pool { connect-timeout = 20s, max-connections = " + connections + " }"
                    + ", breaker.consecutive-failures = " + connections
                    + ", health-check.type = none";
        }
    }
}
