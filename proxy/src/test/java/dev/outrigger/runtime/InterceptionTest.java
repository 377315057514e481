package dev.outrigger.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.InterceptionConfig;
import dev.outrigger.config.model.InterceptionConfig.Direction;
import dev.outrigger.http.Intercepted;
import dev.outrigger.resilience.CircuitBreaker.Verdict;
import dev.outrigger.runtime.Interception.Way;
import dev.outrigger.testing.Configs;
import dev.outrigger.time.ManualClock;
import dev.outrigger.upstream.Upstream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InterceptionTest {
    private static final String UPSTREAMS = """
            upstreams.app.endpoints = ["10.0.0.1:80"]
            upstreams.other { endpoints = ["10.0.0.2:80", "named:80"] }
            routes = [
              { name = app, match.path-prefix = /app, upstream = app }
              { name = deep, match.path-prefix = /app/deep, upstream = other }
            ]
            """;
    private static final String LISTENERS = """
            listeners.inbound { mode = transparent }
            listeners.outbound { bind = "127.0.0.1:0", mode = transparent }
            """;
    private static final InetSocketAddress APP = new InetSocketAddress("10.0.0.1", 80);
    private static final InetSocketAddress OTHER = new InetSocketAddress("10.0.0.2", 80);
    private static final InetSocketAddress STRANGER = new InetSocketAddress("10.0.0.3", 80);

    private final ManualClock clock = new ManualClock();
    private final SnapshotCompiler compiler =
            new SnapshotCompiler((breaker, from, to, why) -> {}, Runnable::run, clock, durationNanos -> {});
    private final Snapshot snapshot = compile("", null);

    private Snapshot compile(String more, Snapshot before) {
        return compiler.compile(Configs.of("app", LISTENERS + UPSTREAMS + more), before);
    }

    private Way way(String listener, InetSocketAddress original, String target) {
        return Objects.requireNonNull(snapshot.interception().way(snapshot, intercepted(listener, original), target));
    }

    private static Intercepted intercepted(String direction, InetSocketAddress original) {
        Direction by = Direction.valueOf(direction.toUpperCase(Locale.ROOT));
        return new Intercepted(original, new InterceptionConfig(by, false, Set.of(), List.of()));
    }

    private Upstream original(InetSocketAddress address) {
        return way("inbound", address, "/").destinations().first();
    }

    @Test
    void whatComesInBelongsToTheRouteOfItsPath() {
        Way way = way("inbound", STRANGER, "/app/x");

        assertEquals("app", way.route().name());
        assertEquals("app", way.destinations().first().name());
    }

    @Test
    void whatNoRouteClaimsGoesWhereItWasGoing() {
        Way way = way("inbound", STRANGER, "/");
        Upstream upstream = way.destinations().first();

        assertEquals("original", way.route().name());
        assertFalse(way.claimed());
        assertEquals("original", upstream.name());
        assertTrue(upstream.isOriginal());
        assertEquals(STRANGER, upstream.endpoints().get(0).address());
        assertEquals("original@10.0.0.3:80", upstream.breaker().name());
    }

    @Test
    void whatGoesOutBelongsToTheUpstreamWhoseEndpointItWasGoingTo() {
        assertEquals("app", way("outbound", APP, "/app/x").route().name());
        assertEquals("deep", way("outbound", OTHER, "/app/deep").route().name());

        Way unrouted = way("outbound", OTHER, "/");
        assertEquals("original", unrouted.route().name());
        assertTrue(unrouted.claimed());
        assertEquals("other", unrouted.destinations().first().name());
    }

    @Test
    void aPathAloneClaimsNothingOfWhatGoesOut() {
        assertEquals("app", way("outbound", APP, "/app/deep").route().name());
        assertTrue(way("outbound", STRANGER, "/app").destinations().first().isOriginal());
    }

    @Test
    void opaqueConnectionsGoTheSameWays() {
        Interception interception = snapshot.interception();

        assertEquals("app", interception.upstream(intercepted("outbound", APP)).name());
        assertSame(original(APP), interception.upstream(intercepted("inbound", APP)));
    }

    @Test
    void eachDestinationIsOneUpstreamWithABreakerOfItsOwn() {
        Upstream one = original(APP);
        assertSame(one, original(APP));
        assertNotSame(one, original(STRANGER));
        assertNotSame(one, way("outbound", STRANGER, "/").destinations().first());

        for (int i = 0; i < one.config().breaker().consecutiveFailures(); i++) {
            one.breaker().leave(one.breaker().tryEnter(clock.nanoTime()), Verdict.FAILURE, clock.nanoTime());
        }
        assertFalse(one.mayServe(clock.nanoTime()));
        assertTrue(original(STRANGER).mayServe(clock.nanoTime()));
    }

    @Test
    void aDestinationThatIsNotUsedLeavesAndWorkersAreToldTwice() {
        Originals originals = Objects.requireNonNull(snapshot.interception().originals());
        original(APP);
        clock.advance(Duration.ofMinutes(9));
        original(STRANGER);
        assertFalse(originals.sweep());
        clock.advance(Duration.ofMinutes(2));

        assertTrue(originals.sweep());
        assertEquals(List.of(original(STRANGER)), originals.known());
        assertTrue(originals.sweep());
        assertFalse(originals.sweep());
    }

    @Test
    void aDestinationWithASessionStays() {
        Originals originals = Objects.requireNonNull(snapshot.interception().originals());
        Upstream one = original(APP);
        assertNotNull(one.sessions().bind("s", one.endpoints().get(0), null, null));
        clock.advance(Duration.ofMinutes(11));
        one.sessions().find("s");

        originals.sweep();

        assertEquals(List.of(one), originals.known());
    }

    @Test
    void beyondTheirNumberTheOneThatWasNotUsedForLongestLeaves() {
        Snapshot bounded = compile("original.max-destinations = 2", null);
        Interception interception = bounded.interception();
        Upstream first = interception.upstream(intercepted("inbound", APP));
        clock.advance(Duration.ofSeconds(2));
        Upstream second = interception.upstream(intercepted("inbound", OTHER));
        clock.advance(Duration.ofSeconds(2));
        assertSame(first, interception.upstream(intercepted("inbound", APP)));
        clock.advance(Duration.ofSeconds(2));

        interception.upstream(intercepted("inbound", STRANGER));

        assertEquals(2, interception.known().size());
        assertSame(first, interception.upstream(intercepted("inbound", APP)));
        assertNotSame(second, interception.upstream(intercepted("inbound", OTHER)));
    }

    @Test
    void destinationsGoOnWithAConfigurationThatSaysNothingElseOfThem() {
        Upstream one = original(APP);

        assertSame(
                one,
                compile("upstreams.more.endpoints = [\"10.0.0.9:80\"]", snapshot)
                        .interception()
                        .upstream(intercepted("inbound", APP)));
        Snapshot changed = compile("defaults.upstream.pool.max-connections = 3", snapshot);
        Upstream anew = changed.interception().upstream(intercepted("inbound", APP));
        assertNotSame(one, anew);
        assertEquals(3, anew.config().pool().maxConnections());

        SnapshotCompiler.commit(snapshot, changed);
        assertEquals(List.of(), snapshot.interception().known());
    }

    @Test
    void aConnectionGoesOnWhereItWasGoingUnderOtherListeners() {
        Snapshot renamed = compiler.compile(
                Configs.of("app", "listeners.egress { bind = \"127.0.0.1:0\", mode = transparent }\n" + UPSTREAMS),
                snapshot);

        Way way =
                Objects.requireNonNull(renamed.interception().way(renamed, intercepted("outbound", STRANGER), "/app"));

        assertSame(way("outbound", STRANGER, "/app").destinations(), way.destinations());
    }

    @Test
    void withoutAListenerThatInterceptsThereIsNothing() {
        Snapshot reverse = compiler.compile(Configs.of("app", UPSTREAMS), null);

        assertSame(Interception.NONE, reverse.interception());
        assertNull(reverse.interception().way(reverse, intercepted("inbound", APP), "/app"));
        assertNull(reverse.interception().upstream(intercepted("inbound", APP)));
        assertEquals(List.of(), reverse.interception().known());
    }
}
