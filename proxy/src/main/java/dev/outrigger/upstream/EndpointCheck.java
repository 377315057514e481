package dev.outrigger.upstream;

import dev.outrigger.config.model.HealthCheckConfig;
import dev.outrigger.config.model.UpstreamConfig.SendProxyProtocol;
import dev.outrigger.time.NanoClock;
import dev.outrigger.transport.Dial;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The checks of one endpoint, one after the other: probe, judge, wait. The wait is reckoned from the start of the check, so
 * that slow answers do not stretch the interval.
 *
 * <p>Owned by the checker's event loop.
 */
final class EndpointCheck {
    private static final System.Logger LOG = System.getLogger(HealthChecker.class.getName());

    private final String upstream;
    private final HealthCheckConfig config;
    private final Dial dial;
    private final SendProxyProtocol proxyProtocol;
    private final UpstreamCounts counts;
    private final Endpoint endpoint;
    private final Surroundings around;
    private final EventLoop loop;
    private final Probe probe;
    private final EndpointHealth health;
    private final long intervalNanos;
    private final long timeoutNanos;

    private long startNanos;
    private boolean probing;
    /** The one thing that is scheduled: the timeout of this check, or the start of the next. */
    private @Nullable Future<?> timer;

    EndpointCheck(Upstream upstream, Endpoint endpoint, Surroundings around) {
        this.config = upstream.config().healthCheck();
        this.dial = dialOf(upstream);
        this.proxyProtocol = upstream.config().sendProxyProtocol();
        this.upstream = upstream.name();
        this.counts = upstream.counts();
        this.endpoint = endpoint;
        this.around = around;
        this.loop = around.loop();
        this.probe = probe(upstream, endpoint, around);
        this.health = new EndpointHealth(config.healthyAfter(), config.unhealthyAfter(), endpoint.status());
        this.intervalNanos = TimeUnit.NANOSECONDS.convert(config.interval());
        this.timeoutNanos = TimeUnit.NANOSECONDS.convert(config.timeout());
    }

    private static Probe probe(Upstream upstream, Endpoint endpoint, Surroundings around) {
        HealthCheckConfig config = upstream.config().healthCheck();
        Probe connect = new ConnectProbe(endpoint, around.bootstrap());
        ProbeConnections connections = around.connections();
        return switch (config.type()) {
            case HTTP -> new HttpProbe(connections, connections.open(upstream, endpoint), config, connect);
            case MCP -> new McpProbe(connections, connections.open(upstream, endpoint), config, connect);
            case TCP, NONE -> connect;
        };
    }

    private static Dial dialOf(Upstream upstream) {
        return PoolSettings.of(upstream.config(), 1).dial();
    }

    /** Whether it asks what would be asked now, by the same kind of connection. */
    boolean isAsFor(Upstream other) {
        return config.equals(other.config().healthCheck())
                && dial.equals(dialOf(other))
                && proxyProtocol == other.config().sendProxyProtocol();
    }

    void begin() {
        startNanos = around.clock().nanoTime();
        probing = true;
        timer = loop.schedule(this::onTimeout, timeoutNanos, TimeUnit.NANOSECONDS);
        probe.begin(this::onResult);
    }

    void stop() {
        cancelTimer();
        probing = false;
        probe.cut();
    }

    /** @param jitter largest share of the interval that is added or taken away, 0 to 1 */
    static long jittered(long intervalNanos, double jitter, RandomGenerator random) {
        return (long) (intervalNanos * (1 - jitter + 2 * jitter * random.nextDouble()));
    }

    private void onResult(String error) {
        if (probing) {
            finish(error);
        }
    }

    private void onTimeout() {
        if (probing) {
            finish(probe.cut());
        }
    }

    private void finish(String error) {
        probing = false;
        cancelTimer();
        boolean passed = error.isEmpty();
        (passed ? counts.checksPassed : counts.checksFailed).incrementAndGet();
        long nowNanos = around.clock().nanoTime();
        long elapsedNanos = nowNanos - startNanos;
        EndpointStatus before = endpoint.status();
        boolean first = !endpoint.isChecked();
        EndpointStatus after =
                health.afterCheck(error, elapsedNanos, around.wallClock().millis());
        if (!before.healthy() && after.healthy()) {
            // Whatever its requests came to, that was another life.
            endpoint.ejection().readmit(nowNanos);
            endpoint.beginsNow(nowNanos);
        }
        endpoint.status(after);
        if (before.healthy() != after.healthy()) {
            logFlip(after);
        }
        long waitNanos = Math.max(0, jittered(intervalNanos, config.jitter(), around.random()) - elapsedNanos);
        timer = loop.schedule(this::begin, waitNanos, TimeUnit.NANOSECONDS);
        if (first) {
            around.onFirstResult().run();
        }
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
     * @param connections for checks that speak HTTP, on {@code loop} as well
     * @param clock measures how long checks take
     * @param wallClock for the time of the check that is displayed
     * @param onFirstResult called once by each check, when its first result stands in the endpoint's status
     */
    record Surroundings(
            EventLoop loop,
            Bootstrap bootstrap,
            ProbeConnections connections,
            RandomGenerator random,
            NanoClock clock,
            InstantSource wallClock,
            Runnable onFirstResult) {}
}
