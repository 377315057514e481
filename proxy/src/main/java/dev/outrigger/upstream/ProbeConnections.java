package dev.outrigger.upstream;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.mcp.McpScanners;
import dev.outrigger.record.UpstreamGauges;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.time.NanoClock;
import dev.outrigger.transport.UpstreamConnector;
import io.netty.handler.codec.http.HttpRequest;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * How checks that speak HTTP reach their endpoints: as requests do, but with a connection for each request, since that a
 * connection from before still works says nothing of whether a new one would.
 *
 * <p>Belongs to the checks' loop.
 */
final class ProbeConnections {
    /** Of one endpoint at a time: one of the check, and those that end what earlier ones have left. */
    private static final int REQUESTS = 16;

    private final UpstreamConnector connector;
    private final LoopTimers timers;
    private final NanoClock clock;
    private final McpScanners scanners = new McpScanners();

    ProbeConnections(UpstreamConnector connector, LoopTimers timers, NanoClock clock) {
        this.connector = connector;
        this.timers = timers;
        this.clock = clock;
    }

    /** Where the requests to one endpoint go. */
    EndpointPool open(Upstream upstream, Endpoint endpoint) {
        PoolSettings ofRequests = PoolSettings.of(upstream.config(), 1);
        // The check's own timeout decides.
        long timeoutNanos = upstream.config().healthCheck().timeout().toNanos();
        int timeoutMillis = (int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + 1);
        PoolLimits limits = new PoolLimits(timeoutMillis, 2 * timeoutNanos, 0, 0, REQUESTS, REQUESTS);
        PoolSettings settings = new PoolSettings(limits, ofRequests.dial(), null, ofRequests.proxyProtocol());
        EndpointPool pool = new EndpointPool(endpoint, settings, connector, timers, clock, new UpstreamGauges());
        // From then on no connection is kept.
        pool.close();
        return pool.forClient(ClientInfo.of("", null, null, false));
    }

    /** Sends one. */
    ProbeRequest send(EndpointPool pool, HttpRequest request, byte[] body, ProbeRequest.Listener listener) {
        ProbeRequest made = new ProbeRequest(pool, request, body, scanners, listener);
        made.send(clock.nanoTime());
        return made;
    }

    /** Gives a request up after a while. */
    void cancelLater(ProbeRequest request, long delayNanos) {
        timers.arm(
                new LoopTimers.Timer() {
                    @Override
                    protected void onDeadline(long now) {
                        request.cancel();
                    }
                },
                clock.nanoTime() + delayNanos);
    }

    /** The configuration that the endpoint's TLS is of is not in force yet, so nobody has the certificates that it needs. */
    static boolean isTooEarly(Failure failure) {
        return failure.reason() == Reason.TLS_FAILED && failure.cause() == null;
    }

    /** Why a request failed, without addresses. */
    static String phrase(Failure failure) {
        Throwable cause = failure.cause();
        return switch (failure.reason()) {
            case CONNECT_REFUSED, CONNECT_TIMEOUT, CONNECT_FAILED ->
                cause == null ? ConnectErrors.FAILED : ConnectErrors.phrase(cause);
            default -> failure.reason().label().replace('_', ' ').toLowerCase(Locale.ROOT);
        };
    }
}
