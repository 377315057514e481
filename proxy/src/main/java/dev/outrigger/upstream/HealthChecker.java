package dev.outrigger.upstream;

import dev.outrigger.config.model.HealthCheckConfig;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolverGroup;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/**
 * Active checks: connects to every endpoint of the upstreams that ask for it, again and again, and writes what it finds to
 * {@link Endpoint#status(EndpointStatus)}.
 *
 * <p>The workers only ever read that one volatile value; a checker per worker would multiply the checks that the upstream
 * sees and let the workers disagree. A check is non-blocking, so it needs no thread of its own: everything happens on the
 * one event loop that it was given, which should not be a worker's.
 *
 * <p>The first checks start at once, and the first result of an endpoint decides by itself; from then on
 * {@code healthy-after} or {@code unhealthy-after} results in a row are needed. Each wait is jittered by a tenth, so that
 * many sidecars that started together do not keep checking together.
 *
 * <p>All methods may be called by any thread.
 */
public final class HealthChecker {
    private final EventLoop loop;
    private final RandomGenerator random;
    private final InstantSource wallClock;
    private final Bootstrap bootstrap;
    private final CompletableFuture<Void> firstRound = new CompletableFuture<>();
    /** Touched by the loop only, like {@link #awaited}. */
    private final List<EndpointCheck> checks = new ArrayList<>();

    private int awaited;

    /**
     * @param channelType the socket channel that fits {@code loop}
     * @param resolver looks names up for each check, so that a changed address is noticed; must not block the loop
     * @param random for the jitter; used on the loop only
     * @param wallClock for {@link EndpointStatus#checkedAtEpochMillis()}
     */
    public HealthChecker(
            EventLoop loop,
            Class<? extends Channel> channelType,
            AddressResolverGroup<?> resolver,
            RandomGenerator random,
            InstantSource wallClock) {
        this.loop = loop;
        this.random = random;
        this.wallClock = wallClock;
        // Nothing is ever read: there is no handler, and the check's own timeout covers the look-up of the name too.
        this.bootstrap = new Bootstrap()
                .group(loop)
                .channel(channelType)
                .resolver(resolver)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .handler(new Unread());
    }

    /** Begins to check those of {@code upstreams} whose configuration asks for it. Call once. */
    public void start(List<Upstream> upstreams) {
        List<Upstream> all = List.copyOf(upstreams);
        loop.execute(() -> begin(all));
    }

    /** Ends all checks; statuses stay as they are. May be called again. */
    public void stop() {
        loop.execute(() -> {
            checks.forEach(EndpointCheck::stop);
            checks.clear();
            firstRound.completeExceptionally(new CancellationException("health checks were stopped"));
        });
    }

    /**
     * Completes, on the loop, when each endpoint has been checked once, whatever came of it; at the latest after the
     * longest configured timeout. Fails with a {@link CancellationException} when stopped before.
     */
    public CompletionStage<Void> firstRound() {
        return firstRound.minimalCompletionStage();
    }

    private void begin(List<Upstream> upstreams) {
        EndpointCheck.Surroundings around =
                new EndpointCheck.Surroundings(loop, bootstrap, random, wallClock, this::onFirstResult);
        for (Upstream upstream : upstreams) {
            if (upstream.config().healthCheck().type() == HealthCheckConfig.Type.TCP) {
                for (Endpoint endpoint : upstream.endpoints()) {
                    checks.add(new EndpointCheck(upstream, endpoint, around));
                }
            }
        }
        awaited = checks.size();
        if (awaited == 0) {
            firstRound.complete(null);
        }
        List.copyOf(checks).forEach(EndpointCheck::begin);
    }

    private void onFirstResult() {
        awaited--;
        if (awaited == 0) {
            firstRound.complete(null);
        }
    }

    private static final class Unread extends ChannelInboundHandlerAdapter {
        @Override
        public boolean isSharable() {
            return true;
        }
    }
}
