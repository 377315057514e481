package dev.outrigger.upstream;

import dev.outrigger.config.model.UpstreamConfig.SendProxyProtocol;
import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.UpstreamStream;
import dev.outrigger.record.UpstreamGauges;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.resilience.PeakLatency;
import dev.outrigger.time.NanoClock;
import dev.outrigger.transport.ByteStream;
import dev.outrigger.transport.Dial;
import dev.outrigger.transport.LocalEnd;
import dev.outrigger.transport.OpaqueDial;
import dev.outrigger.transport.ProxyHeader;
import dev.outrigger.transport.UpstreamConnection;
import dev.outrigger.transport.UpstreamConnector;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One worker's connections to one endpoint: idle ones, most recently used first, those of HTTP/2 that have streams, and
 * exchanges that wait for either.
 *
 * <p>A waiter is not tied to a connect that it caused. Whatever becomes free first, a new connection, a returned one or room
 * for another stream, serves the oldest waiter; each connect that fails fails as many as it was for, oldest first. So nobody waits behind a slow
 * connect while connections come back. Bounds are this worker's share of the configured totals, which keeps the pool free of
 * any coordination between loops.
 *
 * <p>Of several connections with room the first in line gets the stream, not the least loaded: few connections stay busy and
 * the others come to rest and close.
 */
public final class EndpointPool implements UpstreamConnection.Owner {
    /** Waits for a stream. Called back exactly once unless cancelled; possibly before {@code acquire} returns. */
    public interface Waiter {
        void onConnection(UpstreamStream stream);

        void onNoConnection(Failure failure);
    }

    private final Endpoint endpoint;
    private final UpstreamConnector connector;
    private final LoopTimers timers;
    private final NanoClock clock;
    private final UpstreamGauges gauges;
    /** One for all pools of the endpoint, whatever their connections speak. */
    private final PeakLatency latency;

    private final IdleConnections idle;
    /** Those of HTTP/2 that have streams and may have more, at some time. */
    private final List<UpstreamConnection> shared = new ArrayList<>();

    private final WaitingLine waiters;
    private final ConnectCallback connectCallback = new ConnectCallback();
    /** Where the upstream is to be spoken to in the client's version of HTTP: the one for HTTP/2. */
    private @Nullable EndpointPool http2;

    /** Of a pool for one client: the one of all, whose limit holds for it. */
    private @Nullable EndpointPool family;

    /** Where connections come from the addresses of clients: those of the clients that have any. */
    private final ClientPools clients = new ClientPools();

    private PoolLimits limits;
    private Dial dial;
    private SendProxyProtocol proxyProtocol;
    private Sources sources;
    /** How many waiters a connect under way is for. */
    private int expectedStreams;

    private int connections;
    /** Of these, the ones that take no more streams: nothing waits for them, so they do not count for the limit. */
    private int leaving;

    private int connecting;
    /** Connections that pools for one client have or are making, without those that take no more streams. */
    private int ofClients;

    /** Streams in use, and connections that pools for one client are making. */
    private int active;

    private boolean dialling;
    private boolean closed;

    EndpointPool(
            Endpoint endpoint,
            PoolSettings settings,
            UpstreamConnector connector,
            LoopTimers timers,
            NanoClock clock,
            UpstreamGauges gauges) {
        this(endpoint, settings, connector, timers, clock, gauges, new PeakLatency());
    }

    private EndpointPool(
            Endpoint endpoint,
            PoolSettings settings,
            UpstreamConnector connector,
            LoopTimers timers,
            NanoClock clock,
            UpstreamGauges gauges,
            PeakLatency latency) {
        this.latency = latency;
        this.endpoint = endpoint;
        this.limits = settings.limits();
        this.dial = settings.dial();
        this.proxyProtocol = settings.proxyProtocol();
        this.sources = settings.sources();
        this.expectedStreams = dial.expectedStreams();
        this.connector = connector;
        this.timers = timers;
        this.clock = clock;
        this.gauges = gauges;
        this.idle = new IdleConnections(limits, timers, gauges);
        this.waiters = new WaitingLine(timers, gauges, () -> connecting > 0);
        this.http2 = twin(null, settings);
    }

    private @Nullable EndpointPool twin(@Nullable EndpointPool known, PoolSettings settings) {
        Dial wanted = settings.http2Dial();
        if (wanted == null) {
            if (known != null) {
                known.close();
            }
            return null;
        }
        PoolSettings own = new PoolSettings(settings.limits(), wanted, null, SendProxyProtocol.OFF);
        if (known == null) {
            return new EndpointPool(endpoint, own, connector, timers, clock, gauges, latency);
        }
        known.reconfigure(own);
        return known;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /** Streams in use plus exchanges that wait for one: what least-request compares. */
    int load() {
        EndpointPool twin = http2;
        return active + waiters.size() + (twin == null ? 0 : twin.load());
    }

    /** How fast the endpoint answers this worker. */
    public PeakLatency latency() {
        return latency;
    }

    /** The pool of the same endpoint that serves a client: mostly this one, else the one for its version of HTTP, or for it alone. */
    public EndpointPool forClient(ClientInfo client) {
        ProxyHeader header = ProxyHeader.of(proxyProtocol, client);
        LocalEnd end = sources.of(client, endpoint.address());
        EndpointPool twin = http2;
        EndpointPool common = twin != null && client.http2() ? twin : this;
        if (header != null) {
            return unkept(
                    common.dial.from(end == null ? common.dial.from() : end).telling(header));
        }
        return end == null ? common : common.ofClient(end);
    }

    /** A connection that tells whose it is can be nobody else's, and as nobody knows if the client comes back, none is kept. */
    private EndpointPool unkept(Dial own) {
        EndpointPool made = single(own);
        made.closed = true;
        return made;
    }

    private EndpointPool ofClient(LocalEnd end) {
        EndpointPool known = clients.find(end);
        if (known != null) {
            return known;
        }
        if (closed) {
            return unkept(dial.from(end));
        }
        EndpointPool made = single(dial.from(end));
        clients.add(end, made, limits.maxConnections());
        return made;
    }

    private EndpointPool single(Dial own) {
        PoolSettings settings = new PoolSettings(limits, own, null, SendProxyProtocol.OFF);
        EndpointPool made = new EndpointPool(endpoint, settings, connector, timers, clock, gauges, latency);
        made.family = this;
        return made;
    }

    public void acquire(Waiter waiter, long now) {
        UpstreamConnection connection = shared.isEmpty() ? null : withRoom(now);
        if (connection == null) {
            connection = pollIdle(now);
        }
        if (connection != null) {
            use(connection, waiter);
            return;
        }
        if (waiters.size() >= limits.maxPending() || !mayWait()) {
            waiter.onNoConnection(Failure.unsent(Reason.POOL_FULL, null));
            return;
        }
        waiters.add(waiter, now + limits.waitNanos());
        connectAsNeeded();
    }

    /** Connects for whoever waits and is not served by a connect under way, as long as there is room. */
    void connectAsNeeded() {
        if (dialling) {
            // Called by a connect that failed at once; the loop below goes on.
            return;
        }
        dialling = true;
        while ((long) connecting * expectedStreams < waiters.size() && mayConnect()) {
            connecting++;
            join(1, 1);
            connector.connect(endpoint.address(), limits.connectTimeoutMillis(), dial, this, connectCallback);
        }
        dialling = false;
    }

    /**
     * Makes a connection for bytes that pass as they are. It is its caller's alone, for ever, and counts among the connections
     * that exchanges have.
     *
     * @param header sent before everything else; null for none
     * @param client whom it is for
     * @return the connection, which is not there yet; null if there is no room for it, of which {@code caller} is told
     */
    public @Nullable ByteStream connectOpaque(@Nullable ProxyHeader header, ClientInfo client, OpaqueDial caller) {
        if (!mayConnect() && !clients.closeIdle()) {
            caller.onConnectFailed(Failure.unsent(Reason.POOL_FULL, null));
            return null;
        }
        connections++;
        active++;
        gauges.connections++;
        LocalEnd own = sources.of(client, endpoint.address());
        return connector.connectOpaque(
                endpoint.address(),
                limits.connectTimeoutMillis(),
                header,
                own == null ? dial.from() : own,
                caller,
                this::onOpaqueEnd);
    }

    /** It is closed, or was never made. */
    private void onOpaqueEnd(boolean wasConnected) {
        connections--;
        active--;
        gauges.connections--;
        if (wasConnected) {
            gauges.connects++;
        } else {
            gauges.connectFailures++;
        }
        useRoom();
    }

    /** Where a limit is shared, others might never leave room to those who wait: only who is certain of it may. */
    private boolean mayWait() {
        EndpointPool whole = family == null ? this : family;
        return (long) connecting * expectedStreams > waiters.size() || whole.makeRoom() || family == null;
    }

    /** @return whether there is room for a connection now, or will be when one at rest has closed */
    private boolean makeRoom() {
        return mayConnect() || clients.closeIdle() || closeIdle();
    }

    private void join(int moreConnections, int moreActive) {
        if (family != null) {
            family.ofClients += moreConnections;
            family.active += moreActive;
        }
    }

    private boolean mayConnect() {
        return connections - leaving + connecting + ofClients < limits.maxConnections()
                && (family == null || family.mayConnect());
    }

    /** There is room for one connection more: here, or with another one that has the same limit. */
    private void useRoom() {
        connectAsNeeded();
        if (family == null) {
            clients.connectAsNeeded();
            return;
        }
        family.useRoom();
        if (connections + connecting + waiters.size() == 0) {
            closed = true;
            family.clients.remove(dial.from(), this);
        }
    }

    /** The waiter does not want a stream any more. */
    public void cancel(Waiter waiter) {
        waiters.remove(waiter);
    }

    /**
     * Replaces limits and manner, from now on. Connections beyond a smaller number, and those that were made otherwise, close as
     * they come to rest; who waits already goes on waiting as long as was promised.
     */
    void reconfigure(PoolSettings settings) {
        PoolLimits newLimits = settings.limits();
        limits = newLimits;
        proxyProtocol = settings.proxyProtocol();
        sources = settings.sources();
        http2 = twin(http2, settings);
        clients.close();
        if (!settings.dial().equals(dial)) {
            dial = settings.dial();
            expectedStreams = dial.expectedStreams();
            closeAll();
        }
        int excess = connections - leaving - newLimits.maxConnections();
        while (excess > 0 && idle.closeOldest()) {
            excess--;
        }
        idle.limitTo(newLimits);
        connectAsNeeded();
    }

    /**
     * Keeps no connection any more: closes what is idle at once, and what is in use when it comes back. An exchange that
     * began before may still ask for a connection, and gets one of its own.
     */
    public void close() {
        closed = true;
        closeAll();
        clients.close();
        EndpointPool twin = http2;
        if (twin != null) {
            twin.close();
        }
    }

    private void closeAll() {
        idle.closeAll();
        // Each leaves the list while it closes.
        for (UpstreamConnection connection : List.copyOf(shared)) {
            connection.close();
        }
    }

    /** @return whether there was an idle connection, the oldest of which is closing now */
    boolean closeIdle() {
        return idle.closeOldest();
    }

    private @Nullable UpstreamConnection pollIdle(long now) {
        UpstreamConnection connection = idle.poll(now);
        if (connection != null && connection.isMultiplexed()) {
            shared.add(connection);
        }
        return connection;
    }

    /** One that is past its time is still better than none. */
    private @Nullable UpstreamConnection withRoom(long now) {
        for (int i = 0; i < shared.size(); i++) {
            UpstreamConnection connection = shared.get(i);
            boolean fresh = now - connection.createdNanos() < limits.maxLifetimeNanos();
            if (connection.capacity() > 0 && (fresh || !mayConnect())) {
                return connection;
            }
        }
        return null;
    }

    private void use(UpstreamConnection connection, Waiter waiter) {
        active++;
        join(0, 1);
        waiter.onConnection(connection.open());
    }

    // ---- from the connections

    @Override
    public void onStreamEnded(UpstreamConnection connection) {
        active--;
        join(0, -1);
        if (!connection.isLeaving()) {
            offer(connection);
        }
    }

    @Override
    public void onCapacityChanged(UpstreamConnection connection) {
        if (shared.contains(connection)) {
            offer(connection);
        }
    }

    /** Gives the connection to those who wait; lets it rest if it has nothing to do then. */
    private void offer(UpstreamConnection connection) {
        if (connections - leaving > limits.maxConnections() || connection.dial() != dial) {
            connection.close();
            return;
        }
        serve(connection);
        if (connection.streams() > 0) {
            return;
        }
        if (connection.isMultiplexed()) {
            shared.remove(connection);
        }
        if (closed) {
            connection.close();
        } else {
            idle.add(connection, clock.nanoTime());
        }
    }

    private void serve(UpstreamConnection connection) {
        while (connection.capacity() > 0) {
            Waiter next = waiters.poll();
            if (next == null) {
                return;
            }
            use(connection, next);
        }
    }

    @Override
    public void onLeaving(UpstreamConnection connection) {
        leaving++;
        join(-1, 0);
        forget(connection);
        useRoom();
    }

    @Override
    public void onClosed(UpstreamConnection connection) {
        connections--;
        gauges.connections--;
        active -= connection.streams();
        join(connection.isLeaving() ? 0 : -1, -connection.streams());
        if (connection.isLeaving()) {
            leaving--;
        } else {
            forget(connection);
        }
        useRoom();
    }

    private void forget(UpstreamConnection connection) {
        if (!idle.remove(connection) && connection.isMultiplexed()) {
            shared.remove(connection);
        }
    }

    private final class ConnectCallback implements UpstreamConnector.Callback {
        @Override
        public void onConnected(UpstreamConnection connection) {
            connecting--;
            join(0, -1);
            connections++;
            gauges.connections++;
            gauges.connects++;
            if (connection.isMultiplexed()) {
                shared.add(connection);
            } else {
                // Where either version may be chosen, only now is it known how many connections it takes.
                expectedStreams = 1;
            }
            offer(connection);
            connectAsNeeded();
        }

        @Override
        public void onConnectFailed(Failure failure) {
            connecting--;
            join(-1, -1);
            gauges.connectFailures++;
            Waiter next;
            for (int i = 0; i < expectedStreams && (next = waiters.poll()) != null; i++) {
                next.onNoConnection(failure);
            }
            useRoom();
        }
    }
}
