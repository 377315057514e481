package dev.outrigger.upstream;

import dev.outrigger.config.model.HealthCheckConfig;
import dev.outrigger.record.LoopMetrics;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.time.NanoClock;
import dev.outrigger.transport.EventLoops;
import dev.outrigger.transport.TlsSource;
import dev.outrigger.transport.UpstreamConnector;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolverGroup;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Active checks: asks every endpoint of the upstreams that want it, again and again, in the way that they want, and writes
 * what it finds to {@link Endpoint#status(EndpointStatus)}.
 *
 * <p>The workers only ever read that one volatile value; a checker per worker would multiply the checks that the upstream
 * sees and let the workers disagree. A check is non-blocking, so it needs no thread of its own: everything happens on the
 * one event loop that it was given, which should not be a worker's.
 *
 * <p>An endpoint's first check starts at once and decides by itself; from then on {@code healthy-after} or
 * {@code unhealthy-after} results in a row are needed. Each wait is jittered, so that many sidecars that started together do
 * not keep checking together.
 *
 * <p>All methods may be called by any thread.
 */
public final class HealthChecker {
    private final EventLoop loop;
    private final EndpointCheck.Surroundings around;
    /** Touched by the loop only, like {@link #rounds}. */
    private final Map<Endpoint, EndpointCheck> checks = new HashMap<>();
    /** Those that still wait for a first result. */
    private final List<Round> rounds = new ArrayList<>();

    /**
     * @param transport that {@code loop} is of
     * @param resolver looks names up for each check, so that a changed address is noticed; must not block the loop
     * @param tls asked for each connection of a check that speaks HTTP
     * @param random for the jitter; used on the loop only
     * @param clock measures how long checks take
     * @param wallClock for {@link EndpointStatus#checkedAtEpochMillis()}
     */
    public HealthChecker(
            EventLoop loop,
            EventLoops transport,
            AddressResolverGroup<InetSocketAddress> resolver,
            TlsSource tls,
            RandomGenerator random,
            NanoClock clock,
            InstantSource wallClock) {
        this.loop = loop;
        // Nothing is ever read: there is no handler, and the check's own timeout covers the look-up of the name too.
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(transport.socketChannel())
                .resolver(resolver)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .handler(new Unread());
        LoopTimers timers =
                new LoopTimers(clock, (tick, delayNanos) -> loop.schedule(tick, delayNanos, TimeUnit.NANOSECONDS));
        UpstreamConnector connector =
                new UpstreamConnector(loop, transport, resolver, timers, clock, tls, new LoopMetrics());
        this.around = new EndpointCheck.Surroundings(
                loop,
                bootstrap,
                new ProbeConnections(connector, timers, clock),
                random,
                clock,
                wallClock,
                this::endRounds);
    }

    /**
     * Checks those of {@code upstreams} whose configuration asks for it, and no others. A check goes on undisturbed if its
     * endpoint, its configuration and the way to connect are the same, whatever else has changed; an endpoint that is checked no more, but still
     * there, counts as healthy.
     *
     * @return completes, on the loop, when each endpoint that is checked has been checked once, whatever came of it; at the
     *     latest after the longest configured timeout. Fails with a {@link CancellationException} when stopped before
     */
    public CompletionStage<Void> reconcile(List<Upstream> upstreams) {
        List<Upstream> wanted = List.copyOf(upstreams);
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> reconcile(wanted, done));
        return done.minimalCompletionStage();
    }

    /** Ends all checks; statuses stay as they are. May be called again. */
    public void stop() {
        loop.execute(() -> {
            checks.values().forEach(EndpointCheck::stop);
            checks.clear();
            List<Round> cut = List.copyOf(rounds);
            rounds.clear();
            cut.forEach(round ->
                    round.done().completeExceptionally(new CancellationException("health checks were stopped")));
        });
    }

    private void reconcile(List<Upstream> upstreams, CompletableFuture<Void> done) {
        Map<Endpoint, EndpointCheck> earlier = new HashMap<>(checks);
        checks.clear();
        List<EndpointCheck> begun = new ArrayList<>();
        for (Upstream upstream : upstreams) {
            boolean checked = upstream.config().healthCheck().type() != HealthCheckConfig.Type.NONE;
            for (Endpoint endpoint : upstream.reachable()) {
                EndpointCheck known = earlier.get(endpoint);
                if (checked && known != null && known.isAsFor(upstream)) {
                    checks.put(endpoint, known);
                    earlier.remove(endpoint);
                } else if (checked) {
                    EndpointCheck made = new EndpointCheck(upstream, endpoint, around);
                    checks.put(endpoint, made);
                    begun.add(made);
                } else {
                    endpoint.status(EndpointStatus.UNKNOWN);
                }
            }
        }
        earlier.values().forEach(EndpointCheck::stop);
        rounds.add(new Round(new HashSet<>(checks.keySet()), done));
        endRounds();
        begun.forEach(EndpointCheck::begin);
    }

    /** A round waits for first results, and for none of an endpoint that is not checked any more. */
    private void endRounds() {
        for (Round round : List.copyOf(rounds)) {
            round.awaited().removeIf(endpoint -> endpoint.isChecked() || !checks.containsKey(endpoint));
            if (round.awaited().isEmpty()) {
                rounds.remove(round);
                round.done().complete(null);
            }
        }
    }

    private record Round(Set<Endpoint> awaited, CompletableFuture<Void> done) {}

    private static final class Unread extends ChannelInboundHandlerAdapter {
        @Override
        public boolean isSharable() {
            return true;
        }
    }
}
