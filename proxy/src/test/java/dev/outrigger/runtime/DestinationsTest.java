package dev.outrigger.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.resilience.CircuitBreaker.State;
import dev.outrigger.testing.Configs;
import dev.outrigger.time.ManualClock;
import dev.outrigger.upstream.EndpointStatus;
import dev.outrigger.upstream.Upstream;
import java.time.Duration;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DestinationsTest {
    private static final String UPSTREAMS = """
            upstreams { a.endpoints = ["10.0.0.1:80"], b.endpoints = ["10.0.0.2:80"], c.endpoints = ["10.0.0.3:80"] }
            """;

    private final ManualClock clock = new ManualClock();
    private final SnapshotCompiler compiler =
            new SnapshotCompiler((breaker, from, to, why) -> {}, Runnable::run, clock, nanos -> {});

    @Test
    void oneUpstreamIsNoChoice() {
        assertTrue(of("upstream = a").isSingle());
    }

    @Test
    void weightsAreThePartsOfAllChances() {
        Destinations targets = of(
                "weighted = [{ upstream = a, weight = 1 }, { upstream = b, weight = 0 }, { upstream = c, weight = 3 }]");

        assertSame(targets.all().get(0), targets.choose(0));
        assertSame(targets.all().get(0), targets.choose((1 << 30) - 1));
        assertSame(targets.all().get(2), targets.choose(1 << 30));
        assertSame(targets.all().get(2), targets.choose(-1));
        SplittableRandom random = new SplittableRandom(5);
        int first = 0;
        for (int i = 0; i < 100_000; i++) {
            first += targets.choose(random.nextInt()) == targets.first() ? 1 : 0;
        }
        assertEquals(25_000, first, 1_000);
    }

    @Test
    void alternatesAreTriedInTheirOrderAsFarAsTheyAreOfUse() {
        Destinations targets = of("upstream = a, alternates = [b, c]");
        Upstream a = targets.all().get(0);
        Upstream b = targets.all().get(1);
        Upstream c = targets.all().get(2);

        assertSame(b, targets.insteadOf(a, clock.nanoTime()));
        b.breaker().forceOpen(clock.nanoTime());
        assertSame(c, targets.insteadOf(a, clock.nanoTime()));
        c.endpoints().get(0).status(new EndpointStatus(false, "down", 0, 1));
        assertNull(targets.insteadOf(a, clock.nanoTime()));
    }

    @Test
    void anUpstreamWhoseEndpointsAreAllEjectedGetsNothingThatAnotherCanTakeUntilOneIsDue() {
        Destinations targets =
                compiler.compile(Configs.of("a", """
                                defaults.upstream.ejection { consecutive-failures = 1, base-time = 30s, max-share = 100% }
                                upstreams { a.endpoints = ["10.0.0.1:80", "10.0.0.2:80"], b.endpoints = ["10.0.1.1:80", "10.0.1.2:80"] }
                                routes = [{ upstream = b, alternates = [a] }]
                                """), null).destinations().get(0);
        Upstream b = targets.all().get(0);
        Upstream a = targets.all().get(1);
        assertSame(a, targets.insteadOf(b, clock.nanoTime()));

        a.onFailure(a.endpoints().get(0), clock.nanoTime());
        assertSame(a, targets.insteadOf(b, clock.nanoTime()), "one works");
        a.onFailure(a.endpoints().get(1), clock.nanoTime());
        assertEquals(2, a.ejected());
        assertNull(targets.insteadOf(b, clock.nanoTime()));

        clock.advance(Duration.ofSeconds(40));
        assertSame(a, targets.insteadOf(b, clock.nanoTime()), "a request has to show whether it is back");
        assertTrue(a.endpoints().get(0).ejection().takesProbe(clock.nanoTime()));
        assertTrue(a.endpoints().get(1).ejection().takesProbe(clock.nanoTime()));
        assertNull(targets.insteadOf(b, clock.nanoTime()), "both are being tried");
    }

    @Test
    void whileTrafficMovesTheOldUpstreamStandsInBeforeAllOthers() {
        Destinations targets = of("shift { from = a, to = b, steps = [100%] }, alternates = [c]");

        assertEquals("b", targets.choose(0).name());
        assertEquals("a", named(targets.insteadOf(targets.choose(0), clock.nanoTime())));
    }

    @Test
    void aShiftThatIsConfiguredAsBeforeGoesOnWhereItIs() {
        Snapshot first = compile("shift { from = a, to = b }", null);
        shift(first).promote(clock.nanoTime());

        Snapshot same = compile("shift { from = a, to = b }, timeout = 3s", first);
        Snapshot other = compile("shift { from = a, to = c }", same);

        assertSame(shift(first), shift(same));
        assertNotSame(shift(same), shift(other));
        assertEquals(
                TrafficShift.State.RUNNING,
                shift(other).status(clock.nanoTime()).state());
    }

    @Test
    void whatAnOperatorHoldsOpenStaysOpenOverReloads() {
        Snapshot first = compile("upstream = a", null);
        first.upstreams().get(0).breaker().forceOpen(clock.nanoTime());

        Snapshot second = compiler.compile(
                Configs.of("a", UPSTREAMS + "upstreams.a.breaker.open-for = 1s, routes = [{ upstream = a }]"), first);
        SnapshotCompiler.commit(first, second);

        assertEquals(State.OPEN, second.upstreams().get(0).breaker().state());
        assertTrue(second.upstreams().get(0).breaker().isForced());
    }

    private static String named(@Nullable Upstream upstream) {
        return upstream == null ? "none" : upstream.name();
    }

    private static TrafficShift shift(Snapshot snapshot) {
        return snapshot.shifts().get(0).shift();
    }

    private Destinations of(String route) {
        return compile(route, null).destinations().get(0);
    }

    private Snapshot compile(String route, @Nullable Snapshot before) {
        return compiler.compile(Configs.of("a", UPSTREAMS + "routes = [{ " + route + " }]"), before);
    }
}
