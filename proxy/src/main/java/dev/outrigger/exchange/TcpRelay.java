package dev.outrigger.exchange;

import dev.outrigger.config.model.UpstreamConfig.SessionAffinity;
import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Outcome;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.Intercepted;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.TcpRecorder;
import dev.outrigger.resilience.CircuitBreaker.Verdict;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.runtime.TcpRoute;
import dev.outrigger.runtime.Worker;
import dev.outrigger.runtime.WorkerView;
import dev.outrigger.transport.ByteSink;
import dev.outrigger.transport.ByteStream;
import dev.outrigger.transport.OpaqueDial;
import dev.outrigger.transport.ProxyHeader;
import dev.outrigger.upstream.EndpointPool;
import dev.outrigger.upstream.Upstream;
import dev.outrigger.upstream.UpstreamPools;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One client's opaque connection and the one upstream connection that it has for itself: bytes pass both ways, each direction
 * with its own end.
 *
 * <p>It is no exchange: there is nothing to route by but the listener and the name in a TLS hello, nothing to answer a refusal
 * with, and nothing that could be sent again. So it has none of its states either. What ends otherwise than by both sides
 * having said so is reset on both sides: bytes without a length of their own would look whole after a plain close.
 *
 * <p>The breaker is told whether the connect succeeded. What is said afterwards is between the two ends, and a connection may
 * last for days.
 */
final class TcpRelay extends LoopTimers.Timer {
    private final TcpRelays relays;
    private final Worker worker;
    private final WorkerView view;
    private final ClientInfo info;
    private final @Nullable TcpRoute route;
    private final @Nullable Upstream upstream;
    private final TcpRecorder recorder;
    private final ExchangeRecord record = new ExchangeRecord();
    private final BreakerPass pass = new BreakerPass(record);
    /** What has come from the client before there is a connection to the upstream; the client is not read meanwhile. */
    private final ArrayDeque<ByteBuf> pending = new ArrayDeque<>(2);

    private final Side client;
    private final Side server;
    private long activityNanos;
    private boolean done;

    TcpRelay(TcpRelays relays, ByteStream client, ClientInfo info, @Nullable String serverName) {
        this.relays = relays;
        this.worker = relays.worker();
        this.view = worker.view();
        this.info = info;
        this.route = view.snapshot().tcpRoutes().get(info.listener());
        this.upstream = upstream(info, route, serverName);
        this.client = new Side(client);
        this.server = new Side(null);
        record.generation = view.snapshot().generation();
        record.upstream = upstream == null ? ExchangeRecord.NONE : upstream.name();
        record.protocol = ExchangeRecord.TCP;
        record.listener = info.listener();
        record.clientAddress = info.address();
        record.clientPort = info.port();
        record.serverName = serverName;
        this.recorder = worker.metrics().tcp(record.listener, record.upstream);
    }

    /** What is said for the listener comes first, then where the connection was going. */
    private @Nullable Upstream upstream(ClientInfo info, @Nullable TcpRoute route, @Nullable String serverName) {
        Upstream named = route == null ? null : route.upstreams().find(serverName);
        Intercepted intercepted = info.intercepted();
        return named == null && intercepted != null
                ? view.snapshot().interception().upstream(intercepted)
                : named;
    }

    /** Looks for the upstream and connects to it. @return what hears of the client's side */
    ByteSink begin() {
        long nowNanos = worker.clock().nanoTime();
        record.startNanos = nowNanos;
        activityNanos = nowNanos;
        recorder.opened();
        if (route == null || upstream == null) {
            finish(Reason.NO_ROUTE);
        } else if (view.pools(upstream).isEmpty()) {
            finish(Reason.NO_ENDPOINT);
        } else if (!pass.enter(upstream.breaker(), null, nowNanos)) {
            finish(Reason.BREAKER_OPEN);
        } else {
            worker.timers().arm(this, nowNanos + route.idleTimeoutNanos());
            connect(upstream, choose(view.pools(upstream), upstream), nowNanos);
        }
        return client;
    }

    /** Of all that may keep requests together, an opaque connection has the client's address alone. */
    private EndpointPool choose(UpstreamPools pools, Upstream upstream) {
        return upstream.config().sessionAffinity() == SessionAffinity.CLIENT_IP
                ? pools.pickFor(AffinityKey.ofText(info.address()))
                : pools.pick();
    }

    private void connect(Upstream upstream, EndpointPool pool, long nowNanos) {
        client.pauseReading();
        record.endpoint = pool.endpoint().name();
        record.attempts = 1;
        record.attemptNanos = nowNanos;
        server.stream =
                pool.connectOpaque(ProxyHeader.of(upstream.config().sendProxyProtocol(), info), info, new OpaqueDial() {
                    @Override
                    public ByteSink onConnected(ByteStream stream) {
                        upstream.onSuccess(pool.endpoint(), worker.clock().nanoTime());
                        return onServer(stream);
                    }

                    @Override
                    public void onConnectFailed(Failure failure) {
                        if (failure.reason().blamesUpstream()) {
                            upstream.onFailure(pool.endpoint(), worker.clock().nanoTime());
                        }
                        finish(failure.reason());
                    }
                });
    }

    private ByteSink onServer(ByteStream stream) {
        if (done) {
            stream.reset();
            return server;
        }
        long nowNanos = worker.clock().nanoTime();
        pass.leave(Verdict.SUCCESS, nowNanos);
        record.upstreamSentNanos = nowNanos;
        activityNanos = nowNanos;
        server.stream = stream;
        server.connected = true;
        ByteBuf bytes;
        while ((bytes = pending.poll()) != null) {
            stream.write(bytes);
        }
        stream.flush();
        if (client.inputEnded) {
            stream.endOutput();
        }
        if (stream.isWritable()) {
            client.resumeReading();
        }
        return server;
    }

    private Side otherThan(Side side) {
        return side == client ? server : client;
    }

    private void count(Side from, int bytes) {
        activityNanos = worker.clock().nanoTime();
        if (from == client) {
            record.requestBytes += bytes;
            recorder.fromClient(bytes);
        } else {
            record.responseBytes += bytes;
            recorder.fromServer(bytes);
        }
    }

    @Override
    protected void onDeadline(long nowNanos) {
        long idleDeadlineNanos = activityNanos + (route == null ? 0 : route.idleTimeoutNanos());
        if (nowNanos - idleDeadlineNanos < 0) {
            worker.timers().arm(this, idleDeadlineNanos);
        } else {
            finish(Reason.IDLE_TIMEOUT);
        }
    }

    /** @param reason null if both sides have come to their ends */
    private void finish(@Nullable Reason reason) {
        if (done) {
            return;
        }
        done = true;
        long nowNanos = worker.clock().nanoTime();
        worker.timers().cancel(this);
        ByteBuf bytes;
        while ((bytes = pending.poll()) != null) {
            bytes.release();
        }
        if (reason != null) {
            pass.leaveFailed(reason, false, nowNanos);
            client.reset();
            server.reset();
        }
        record.reason = reason;
        record.outcome = reason == null ? Outcome.SUCCESS : reason.outcome();
        record.endNanos = nowNanos;
        recorder.closed(record.outcome, record.durationNanos());
        relays.finished(record);
    }

    /** One of the two connections. */
    private final class Side implements ByteSink {
        /** Null while there is none. */
        private @Nullable ByteStream stream;
        /** Whether bytes may be written to it; a client always is. */
        private boolean connected;

        private boolean inputEnded;
        private boolean closed;

        Side(@Nullable ByteStream stream) {
            this.stream = stream;
            this.connected = stream != null;
        }

        @Override
        public void onBytes(ByteBuf bytes) {
            if (done) {
                bytes.release();
                return;
            }
            count(this, bytes.readableBytes());
            ByteStream to = otherThan(this).target();
            if (to == null) {
                pending.add(bytes);
                return;
            }
            to.write(bytes);
            if (!to.isWritable()) {
                pauseReading();
            }
        }

        @Override
        public void onReadComplete() {
            ByteStream to = otherThan(this).target();
            if (to != null && !done) {
                to.flush();
            }
        }

        @Override
        public void onWritabilityChanged() {
            ByteStream self = target();
            if (self == null || done) {
                return;
            }
            // Bytes that leave are activity too: a peer that takes a large rest slowly is not silent.
            activityNanos = worker.clock().nanoTime();
            if (self.isWritable()) {
                otherThan(this).resumeReading();
            } else {
                otherThan(this).pauseReading();
            }
        }

        @Override
        public void onInputEnded() {
            inputEnded = true;
            activityNanos = worker.clock().nanoTime();
            ByteStream to = otherThan(this).target();
            if (to != null && !done) {
                to.endOutput();
            }
        }

        @Override
        public void onClosed(boolean broken) {
            closed = true;
            if (broken) {
                finish(this == client ? Reason.CLIENT_GONE : Reason.CLOSED_IN_RESPONSE);
            } else if (otherThan(this).closed) {
                finish(null);
            }
        }

        @Override
        public void onDrainDeadline() {
            finish(Reason.DRAINING);
        }

        private @Nullable ByteStream target() {
            return connected ? stream : null;
        }

        private void pauseReading() {
            if (stream != null && !closed) {
                stream.pauseReading();
            }
        }

        private void resumeReading() {
            if (stream != null && !closed) {
                stream.resumeReading();
            }
        }

        private void reset() {
            if (stream != null && !closed) {
                stream.reset();
            }
        }
    }
}
