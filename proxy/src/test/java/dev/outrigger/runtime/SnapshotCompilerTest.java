package dev.outrigger.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.cache.ResponseStore;
import dev.outrigger.config.model.EndpointConfig;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.resilience.CircuitBreaker.Verdict;
import dev.outrigger.testing.Configs;
import dev.outrigger.testing.CountingCall;
import dev.outrigger.time.ManualClock;
import dev.outrigger.upstream.Endpoint;
import dev.outrigger.upstream.McpSession;
import dev.outrigger.upstream.Upstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotCompilerTest {
    private static final String ONE = "upstreams.app.endpoints = [\"10.0.0.1:80\", \"10.0.0.2:80\"]";

    private final ManualClock clock = new ManualClock();
    private final List<Long> sessionsEnded = new ArrayList<>();
    private final SnapshotCompiler compiler =
            new SnapshotCompiler((breaker, from, to, why) -> {}, Runnable::run, clock, sessionsEnded::add);
    private final Snapshot first = compile(ONE, null);
    private final Upstream app = upstream(first, "app");

    @Test
    void generationsCountFromOne() {
        assertEquals(1, first.generation());
        Snapshot second = compile(ONE, first);
        assertEquals(2, second.generation());
        assertEquals(3, compile(ONE, second).generation());
    }

    @Test
    void anEqualUpstreamIsTheSame() {
        Snapshot second =
                compile(ONE + "\nupstreams.other.endpoints = [\"10.0.0.9:80\"]\nmcp.scan-limit = 1KiB", first);

        assertSame(app, upstream(second, "app"));
        assertEquals(
                List.of(app),
                second.destinations().stream().map(Destinations::first).toList());
        assertEquals(2, second.upstreams().size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "upstreams.app.pool.max-connections = 7",
                "upstreams.app.breaker.consecutive-failures = 9",
                "upstreams.app.health-check.type = none",
                "upstreams.app.session-affinity = none"
            })
    void aChangedUpstreamKeepsItsBreakerItsMemoryAndItsEndpoints(String change) {
        Upstream changed = upstream(compile(ONE + '\n' + change, first), "app");

        assertNotSame(app, changed);
        assertSame(app.breaker(), changed.breaker());
        assertSame(app.memory(), changed.memory());
        assertEquals(app.endpoints(), changed.endpoints());
    }

    @Test
    void endpointsKeepTheirIdentityByTheirAddress() {
        Snapshot second = compile("upstreams.app.endpoints = [\"10.0.0.3:80\", \"10.0.0.2:80\", \"named:80\"]", first);
        List<Endpoint> endpoints = upstream(second, "app").endpoints();

        assertEquals(List.of("10.0.0.3:80", "10.0.0.2:80", "named:80"), names(endpoints));
        assertSame(app.endpoints().get(1), endpoints.get(1));
        assertEquals(1, endpoints.get(1).generation());
        assertEquals(2, endpoints.get(0).generation());

        Snapshot third = compile("upstreams.app.endpoints = [\"10.0.0.1:80\", \"named:80\"]", second);
        assertNotSame(app.endpoints().get(0), upstream(third, "app").endpoints().get(0), "it was gone in between");
        assertSame(endpoints.get(2), upstream(third, "app").endpoints().get(1));
    }

    @Test
    void whatIsFoundNoMoreStaysForTheSessionsAndTasksThatItHolds() {
        ProxyConfig named = Configs.of("app", "upstreams.app.dns = \"mcp:80\"");
        List<EndpointConfig> before = List.of(
                EndpointConfig.of("10.0.0.1", 80),
                EndpointConfig.of("10.0.0.2", 80),
                EndpointConfig.of("10.0.0.3", 80));
        Snapshot found = compiler.compile(named, null, upstream -> before);
        Upstream old = upstream(found, "app");
        old.sessions().bind("s", old.endpoints().get(0));
        old.tasks().bind("t", old.endpoints().get(1));

        Snapshot next = compiler.compile(named, found, upstream -> List.of(EndpointConfig.of("10.0.0.4", 80)));

        assertEquals(List.of("10.0.0.4:80"), names(upstream(next, "app").endpoints()));
        assertEquals(
                List.of("10.0.0.1:80", "10.0.0.2:80"),
                names(upstream(next, "app").draining()));
    }

    @Test
    void aConfigurationThatIsDroppedHasHadNoEffect() {
        fail(app.breaker(), 4);
        McpSession session = app.sessions().bind("s", app.endpoints().get(0));

        compile("upstreams.app { endpoints = [\"10.0.0.9:80\"], breaker.consecutive-failures = 2 }", first);
        compile("upstreams.other.endpoints = [\"10.0.0.9:80\"]", "other", first);

        assertFalse(session.isOver());
        assertEquals(CircuitBreaker.State.CLOSED, app.breaker().state());
        assertEquals(2, compile(ONE, first).generation(), "nor a number");
    }

    @Test
    void answersAreKeptAsLongAsTheRouteKeepsTheSame() {
        String cache = ONE + "\ndefaults.route.cache { ttl = 5m, tools = [a] }";
        Snapshot kept = compile(cache, first);
        ResponseStore store = kept.store(kept.routes().routes().get(0));

        assertEquals(Map.of(), first.stores());
        assertSame(
                store, compile(cache + "\nmcp.scan-limit = 1KiB", kept).stores().get("all"));
        assertSame(
                store,
                compile(cache + "\ndefaults.route.timeout = 3s", kept).stores().get("all"));
        assertNotSame(
                store,
                compile(cache + "\ndefaults.route.cache.ttl = 4m", kept)
                        .stores()
                        .get("all"));
        assertNotSame(
                store,
                compile(cache + "\ndefaults.route.tools { a { cache.ttl = 1s } }", kept)
                        .stores()
                        .get("all"));
        assertNotSame(
                store,
                compile(cache + "\nupstreams.other.endpoints = [\"10.0.0.9:80\"]", "other", kept)
                        .stores()
                        .get("all"));
    }

    @Test
    void otherThresholdsHoldOnceCommitted() {
        fail(app.breaker(), 2);
        Snapshot second = compile(ONE + "\nupstreams.app.breaker.consecutive-failures = 3", first);

        SnapshotCompiler.commit(first, second);
        fail(app.breaker(), 1);

        assertEquals(
                CircuitBreaker.State.OPEN, upstream(second, "app").breaker().state());
    }

    @Test
    void sessionsOfEndpointsThatAreGoneEndAndOthersStay() {
        McpSession goes = app.sessions().bind("a", app.endpoints().get(0));
        McpSession stays = app.sessions().bind("b", app.endpoints().get(1));
        McpSession busy = app.sessions().bind("c", app.endpoints().get(0));
        busy.add("1", new CountingCall());
        Snapshot second = compile("upstreams.app.endpoints = [\"10.0.0.2:80\", \"10.0.0.3:80\"]", first);

        SnapshotCompiler.commit(first, second);

        assertTrue(goes.isOver());
        assertFalse(stays.isOver());
        assertFalse(busy.isOver(), "its answer is still to come");
        busy.take("1");
        assertTrue(busy.isOver());
        assertEquals(2, sessionsEnded.size());
    }

    @Test
    void withoutAffinityASessionOutlivesItsEndpoint() {
        McpSession session = app.sessions().bind("a", app.endpoints().get(0));
        Snapshot second = compile("upstreams.app { endpoints = [\"10.0.0.2:80\"], session-affinity = none }", first);

        SnapshotCompiler.commit(first, second);

        assertFalse(session.isOver());
    }

    @Test
    void sessionsOfAnUpstreamThatIsGoneEnd() {
        McpSession session = app.sessions().bind("a", app.endpoints().get(0));
        Snapshot second = compile("upstreams.other.endpoints = [\"10.0.0.9:80\"]", "other", first);

        SnapshotCompiler.commit(first, second);

        assertTrue(session.isOver());
        assertTrue(app.sessions().bind("b", app.endpoints().get(0)).isOver());
    }

    @Test
    void otherBoundsOfMemoryHoldForUpstreamsThatStayTheSame() {
        IntStream.range(0, 20)
                .forEach(i -> app.sessions().bind("s" + i, app.endpoints().get(0)));
        Snapshot second = compile(ONE + "\nmcp.sessions { max = 4, idle-timeout = 1m }", first);
        assertSame(app, upstream(second, "app"));

        SnapshotCompiler.commit(first, second);
        app.memory().sweep();
        assertEquals(4, app.sessions().size());

        clock.advance(Duration.ofMinutes(1));
        app.memory().sweep();
        assertEquals(0, app.sessions().size());
    }

    @Test
    void theFirstConfigurationNeedsNoCommitAndABareSwitchChangesNothingElse() {
        McpSession session = app.sessions().bind("a", app.endpoints().get(0));
        Snapshot switched = first.with(new Switches(false, 0.25, false, false));

        SnapshotCompiler.commit(null, first);
        SnapshotCompiler.commit(first, switched);

        assertEquals(first.generation(), switched.generation());
        assertSame(first.upstreams(), switched.upstreams());
        assertSame(first.routes(), switched.routes());
        assertFalse(switched.switches().tracing());
        assertFalse(session.isOver());
    }

    @Test
    void switchesBeginAsConfigured() {
        assertEquals(
                new Switches(true, 1, true, false),
                compile(ONE + "\ntelemetry.tracing.sample = 100%", null).switches());
        assertEquals(
                new Switches(false, 0.5, false, true),
                compile(
                                ONE
                                        + "\ntelemetry { tracing { enabled = false, sample = 50% }, prometheus.enabled = false,"
                                        + " access-log.path = \"-\" }",
                                null)
                        .switches());
    }

    private Snapshot compile(String hocon, Snapshot before) {
        return compile(hocon, "app", before);
    }

    private Snapshot compile(String hocon, String routed, Snapshot before) {
        return compiler.compile(Configs.of(routed, hocon), before);
    }

    private static Upstream upstream(Snapshot snapshot, String name) {
        return snapshot.upstreams().stream()
                .filter(upstream -> upstream.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> names(List<Endpoint> endpoints) {
        return endpoints.stream().map(Endpoint::name).toList();
    }

    private static void fail(CircuitBreaker breaker, int times) {
        for (int i = 0; i < times; i++) {
            breaker.leave(breaker.tryEnter(0), Verdict.FAILURE, 0);
        }
    }
}
