package dev.outrigger.upstream;

import dev.outrigger.config.model.HealthCheckConfig;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The checks of one endpoint, one after the other: connect, close, judge, wait.
 *
 * <p>The connection is closed as soon as it stands, with nothing read and nothing written, which ends it by an ordinary
 * FIN. The wait is reckoned from the start of the check, so that slow answers do not stretch the interval.
 *
 * <p>Owned by the checker's event loop.
 */
final class EndpointCheck {
    private static final System.Logger LOG = System.getLogger(HealthChecker.class.getName());
    /** Each wait is between 0.9 and 1.1 intervals. */
    private static final double JITTER = 0.1;

    private final String upstream;
    private final HealthCheckConfig config;
    private final Endpoint endpoint;
    private final EventLoop loop;
    private final Bootstrap bootstrap;
    private final RandomGenerator random;
    private final InstantSource wallClock;
    private final Runnable onFirstResult;
    private final EndpointHealth health;
    private final long intervalNanos;
    private final long timeoutNanos;

    private long startNanos;
    /** The attempt whose result is awaited; any other that still ends is none of ours any more. */
    private @Nullable ChannelFuture connecting;
    /** The one thing that is scheduled: the timeout of this check, or the start of the next. */
    private @Nullable Future<?> timer;

    EndpointCheck(Upstream upstream, Endpoint endpoint, Surroundings around) {
        this.config = upstream.config().healthCheck();
        this.upstream = upstream.name();
        this.endpoint = endpoint;
        this.loop = around.loop();
        this.bootstrap = around.bootstrap();
        this.random = around.random();
        this.wallClock = around.wallClock();
        this.onFirstResult = around.onFirstResult();
        this.health = new EndpointHealth(config.healthyAfter(), config.unhealthyAfter(), endpoint.status());
        this.intervalNanos = TimeUnit.NANOSECONDS.convert(config.interval());
        this.timeoutNanos = TimeUnit.NANOSECONDS.convert(config.timeout());
    }

    /** What it was begun with. */
    HealthCheckConfig config() {
        return config;
    }

    void begin() {
        startNanos = loop.ticker().nanoTime();
        ChannelFuture attempt = bootstrap.connect(endpoint.address());
        connecting = attempt;
        timer = loop.schedule(() -> onTimeout(attempt), timeoutNanos, TimeUnit.NANOSECONDS);
        attempt.addListener(done -> onConnected(attempt));
    }

    void stop() {
        cancelTimer();
        ChannelFuture attempt = connecting;
        connecting = null;
        if (attempt != null) {
            close(attempt);
        }
    }

    static long jittered(long intervalNanos, RandomGenerator random) {
        return (long) (intervalNanos * (1 - JITTER + 2 * JITTER * random.nextDouble()));
    }

    private void onConnected(ChannelFuture attempt) {
        close(attempt);
        if (attempt == connecting) {
            Throwable cause = attempt.cause();
            finish(cause == null ? EndpointHealth.NO_ERROR : ConnectErrors.phrase(cause));
        }
    }

    private void onTimeout(ChannelFuture attempt) {
        if (attempt == connecting) {
            finish(ConnectErrors.TIMEOUT);
            close(attempt);
        }
    }

    private void finish(String error) {
        connecting = null;
        cancelTimer();
        long elapsedNanos = loop.ticker().nanoTime() - startNanos;
        EndpointStatus before = endpoint.status();
        boolean first = !endpoint.isChecked();
        EndpointStatus after = health.afterCheck(error, elapsedNanos, wallClock.millis());
        endpoint.status(after);
        if (before.healthy() != after.healthy()) {
            logFlip(after);
        }
        long waitNanos = Math.max(0, jittered(intervalNanos, random) - elapsedNanos);
        timer = loop.schedule(this::begin, waitNanos, TimeUnit.NANOSECONDS);
        if (first) {
            onFirstResult.run();
        }
    }

    /** Nobody can do anything about a close that fails. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private static void close(ChannelFuture attempt) {
        attempt.channel().close();
    }

    private void logFlip(EndpointStatus status) {
        if (status.healthy()) {
            LOG.log(Level.INFO, "endpoint {0} of upstream {1} is healthy", endpoint, upstream);
        } else {
            LOG.log(
                    Level.WARNING,
                    "endpoint {0} of upstream {1} is unhealthy: {2}",
                    endpoint,
                    upstream,
                    status.error());
        }
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    /**
     * What all checks of one checker share.
     *
     * @param bootstrap connects on {@code loop}
     * @param wallClock for the time of the check that is displayed
     * @param onFirstResult called once by each check, when its first result stands in the endpoint's status
     */
    record Surroundings(
            EventLoop loop,
            Bootstrap bootstrap,
            RandomGenerator random,
            InstantSource wallClock,
            Runnable onFirstResult) {}
}
