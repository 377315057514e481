package dev.outrigger.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.http.HeaderNames;
import dev.outrigger.record.LoopMetrics;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.runtime.Snapshot;
import dev.outrigger.runtime.SnapshotCompiler;
import dev.outrigger.testing.Configs;
import dev.outrigger.testing.CountingCall;
import dev.outrigger.time.ManualClock;
import dev.outrigger.transport.EventLoops;
import dev.outrigger.transport.UpstreamConnector;
import dev.outrigger.upstream.Endpoint;
import dev.outrigger.upstream.EndpointPool;
import dev.outrigger.upstream.EndpointPools;
import dev.outrigger.upstream.EndpointStatus;
import dev.outrigger.upstream.McpSession;
import dev.outrigger.upstream.Upstream;
import dev.outrigger.upstream.UpstreamPools;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.resolver.DefaultAddressResolverGroup;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where the requests of a session go when a configuration has changed the endpoints. Nothing is connected. */
class AffinityTest {
    private static final String BEFORE = "upstreams.app.endpoints = [\"10.0.0.1:80\", \"10.0.0.2:80\"]";
    private static final String AFTER = "upstreams.app.endpoints = [\"10.0.0.2:80\", \"10.0.0.3:80\"]";

    private final ManualClock clock = new ManualClock();
    private final EventLoops transport = EventLoops.probe(Transport.NIO);
    private final EventLoopGroup group = transport.open(1, "affinity-test");
    private final SnapshotCompiler compiler =
            new SnapshotCompiler((breaker, from, to, why) -> {}, Runnable::run, clock, nanos -> {});
    private final LoopTimers timers = new LoopTimers(clock, (tick, delayNanos) -> {});
    private final EndpointPools pools = new EndpointPools(
            1,
            new UpstreamConnector(group.next(), transport, DefaultAddressResolverGroup.INSTANCE, timers, clock),
            timers,
            clock,
            new SplittableRandom(1));
    private final Snapshot first = compiler.compile(Configs.of("app", BEFORE), null);
    private final Upstream before = first.upstreams().get(0);
    private final UpstreamPools poolsBefore = adopt(first);
    private final Endpoint gone = before.endpoints().get(0);
    private final McpSession session = before.sessions().bind("s", gone);

    @AfterEach
    void stop() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void aSessionWhoseEndpointIsConfiguredNoMoreIsLost() {
        Snapshot second = compiler.compile(Configs.of("app", AFTER), first);
        UpstreamPools poolsAfter = adopt(second);

        assertNull(choose(second.upstreams().get(0), poolsAfter, "s"));

        assertTrue(session.isOver());
    }

    @Test
    void whatItAskedForBeforeIsStillWaitedFor() {
        CountingCall call = new CountingCall();
        session.add("1", call);
        Snapshot second = compiler.compile(Configs.of("app", AFTER), first);
        UpstreamPools poolsAfter = adopt(second);

        assertNull(choose(second.upstreams().get(0), poolsAfter, "s"));
        assertFalse(session.isOver());
        session.remove("1", call);

        assertTrue(session.isOver());
        assertEquals(0, call.sessionEnds());
    }

    @Test
    void anExchangeOfTheConfigurationBeforeStillFindsIt() {
        adopt(compiler.compile(Configs.of("app", AFTER), first));

        EndpointPool pool = choose(before, poolsBefore, "s");

        assertNotNull(pool);
        assertSame(gone, pool.endpoint());
    }

    @Test
    void anExchangeOfTheConfigurationBeforeFindsASessionAtAnEndpointThatIsNew() {
        Snapshot second = compiler.compile(Configs.of("app", AFTER), first);
        Upstream after = second.upstreams().get(0);
        Endpoint added = after.endpoints().get(1);
        after.sessions().bind("new", added);

        EndpointPool early = choose(before, poolsBefore, "new");
        UpstreamPools poolsAfter = adopt(second);

        assertNotNull(early);
        assertSame(added, early.endpoint());
        assertSame(early, choose(after, poolsAfter, "new"));
    }

    @Test
    void aSessionWhoseEndpointIsDeadIsLostWithItsCalls() {
        CountingCall call = new CountingCall();
        session.add("1", call);
        gone.status(new EndpointStatus(false, "connect refused", 0, 1));

        assertNull(choose(before, poolsBefore, "s"));

        assertEquals(1, call.sessionEnds());
    }

    @Test
    void withoutAffinityASessionGoesAnywhere() {
        Snapshot second = compiler.compile(Configs.of("app", AFTER + "\nupstreams.app.session-affinity = none"), first);
        UpstreamPools poolsAfter = adopt(second);

        assertNotNull(choose(second.upstreams().get(0), poolsAfter, "s"));

        assertFalse(session.isOver());
    }

    private UpstreamPools adopt(Snapshot snapshot) {
        Upstream upstream = snapshot.upstreams().get(0);
        UpstreamPools made = pools.of(upstream, new LoopMetrics().upstream("app"));
        pools.retain(snapshot.generation(), snapshot.upstreams());
        return made;
    }

    private static @Nullable EndpointPool choose(Upstream upstream, UpstreamPools from, String sessionId) {
        HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/mcp");
        head.headers().set(HeaderNames.MCP_SESSION_ID, sessionId);
        return new Affinity(upstream, head, null).choose(from, null, false, "127.0.0.1", new SplittableRandom(1));
    }
}
