package dev.outrigger.transport;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.failure.Replay;
import dev.outrigger.record.HandshakeResult;
import dev.outrigger.record.LoopMetrics;
import dev.outrigger.record.TlsCounts;
import dev.outrigger.record.TlsPeer;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.time.NanoClock;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.resolver.AddressResolverGroup;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Opens upstream connections on one worker's loop, so that an exchange never changes threads. */
public final class UpstreamConnector {
    private static final int MAX_CHUNK_BYTES = 64 * 1024;
    /** An answer's head may be as large as Envoy lets it be. */
    static final int MAX_HEADER_BYTES = 60 * 1024;

    /** Told once of each attempt to connect. */
    public interface Callback {
        void onConnected(UpstreamConnection connection);

        void onConnectFailed(Failure failure);
    }

    private final Bootstrap bootstrap;
    private final LoopTimers timers;
    private final NanoClock clock;
    private final TlsSource tls;
    private final LoopMetrics metrics;
    private final OwnSockets ownSockets;

    /** Where no upstream has TLS. */
    public UpstreamConnector(
            EventLoop loop,
            EventLoops transport,
            AddressResolverGroup<InetSocketAddress> resolver,
            LoopTimers timers,
            NanoClock clock) {
        this(loop, transport, resolver, timers, clock, TlsSource.NONE, new LoopMetrics());
    }

    /**
     * @param timers of the same loop
     * @param tls asked for each connection
     * @param metrics of the same loop
     */
    public UpstreamConnector(
            EventLoop loop,
            EventLoops transport,
            AddressResolverGroup<InetSocketAddress> resolver,
            LoopTimers timers,
            NanoClock clock,
            TlsSource tls,
            LoopMetrics metrics) {
        this.tls = tls;
        this.metrics = metrics;
        this.timers = timers;
        this.clock = clock;
        this.ownSockets = transport.ownSockets();
        this.bootstrap = new Bootstrap()
                .group(loop)
                .channel(transport.socketChannel())
                .resolver(resolver)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true);
        transport.tune(bootstrap);
    }

    /**
     * @param address literal, or a name to look up now
     * @param timeoutMillis for the TCP handshake
     * @param owner of the connection once it is there
     */
    public void connect(
            InetSocketAddress address,
            int timeoutMillis,
            Dial dial,
            UpstreamConnection.Owner owner,
            Callback callback) {
        Dial.Security security = dial.security();
        ClientTls current = security == null ? null : tls.client(security.upstream());
        if (security != null && current == null) {
            // The configuration that has it is about to be replaced; in plain text it must not go.
            callback.onConnectFailed(Failure.unsent(Reason.TLS_FAILED, null));
            return;
        }
        Arrival arrival = new Arrival(address, current, dial, owner, callback);
        connect(address, dial.from(), timeoutMillis, arrival).addListener(arrival);
    }

    /**
     * Opens a connection whose bytes pass as they are.
     *
     * @param address literal, or a name to look up now
     * @param timeoutMillis for the TCP handshake
     * @param header sent before everything else; null for none
     * @param from where it comes from; null for whichever the system takes
     * @param onEnd told once, when the connection is closed or could not be made, whether it was there
     * @return the connection that is being made; only a reset may be asked of it before {@code dial} was told
     */
    public ByteStream connectOpaque(
            InetSocketAddress address,
            int timeoutMillis,
            @Nullable ProxyHeader header,
            @Nullable LocalEnd from,
            OpaqueDial dial,
            Consumer<Boolean> onEnd) {
        OpaqueArrival arrival = new OpaqueArrival(header, from, dial, onEnd);
        connect(address, from, timeoutMillis, arrival).addListener(arrival);
        return arrival.stream();
    }

    /** The connection is noted before anybody else hears of it. */
    private ChannelFuture connect(
            InetSocketAddress address, @Nullable LocalEnd from, int timeoutMillis, ChannelHandler arrival) {
        Bootstrap own = bootstrap.clone().option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis);
        ChannelFuture connected =
                from == null ? own.handler(arrival).connect(address) : from.connect(own, arrival, address);
        return connected.addListener(done -> {
            if (done.isSuccess()) {
                ownSockets.connected(connected.channel());
            }
        });
    }

    private static HttpDecoderConfig decoderConfig() {
        return new HttpDecoderConfig()
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setMaxChunkSize(MAX_CHUNK_BYTES)
                .setAllowDuplicateContentLengths(false)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true)
                .setInitialBufferSize(512);
    }

    /** @param from where the connection was to come from; null for whichever the system takes */
    static Failure failure(Throwable cause, @Nullable LocalEnd from) {
        Failure own = from == null ? null : from.failure(cause);
        if (own != null) {
            return own;
        }
        if (cause instanceof ConnectTimeoutException) {
            return Failure.unsent(Reason.CONNECT_TIMEOUT, cause);
        }
        boolean refused = cause instanceof ConnectException
                && String.valueOf(cause.getMessage()).contains("refused");
        return Failure.unsent(refused ? Reason.CONNECT_REFUSED : Reason.CONNECT_FAILED, cause);
    }

    /** One connection on its way: from a socket to something that speaks HTTP. */
    private final class Arrival extends ChannelInitializer<Channel>
            implements ChannelFutureListener, ClientHandshake.Next {
        private final InetSocketAddress address;
        private final @Nullable ClientTls security;
        private final Dial dial;
        private final UpstreamConnection.Owner owner;
        private final Callback callback;
        private @Nullable UpstreamConnection connection;

        Arrival(
                InetSocketAddress address,
                @Nullable ClientTls security,
                Dial dial,
                UpstreamConnection.Owner owner,
                Callback callback) {
            this.address = address;
            this.security = security;
            this.dial = dial;
            this.owner = owner;
            this.callback = callback;
        }

        /** What has to be said or agreed before HTTP goes in front of what {@link #install} adds, or calls it later. */
        @Override
        protected void initChannel(Channel channel) {
            ProxyHeader header = dial.header();
            if (header != null) {
                channel.pipeline().addLast(new ProxyHeaderWriter(header));
            }
            ClientTls current = security;
            if (current == null) {
                install(channel.pipeline(), dial.withoutHandshake());
            } else {
                channel.pipeline()
                        .addLast(
                                current.handler(channel.alloc(), address),
                                new ClientHandshake(dial.offer(), this, current.nowEpochMillis()));
            }
        }

        @Override
        public void onSecured(ChannelPipeline pipeline, Wire wire, boolean resumed) {
            counts().add(HandshakeResult.OK);
            if (resumed) {
                counts().addResumed();
            }
            install(pipeline, wire);
            ready();
        }

        @Override
        public void onFailed(HandshakeResult result, Throwable cause) {
            counts().add(result);
            callback.onConnectFailed(
                    new Failure(Reason.TLS_FAILED, Replay.UNSENT, "TLS handshake failed: " + result.label(), cause, 0));
        }

        private TlsCounts counts() {
            Dial.Security named = Objects.requireNonNull(dial.security());
            return metrics.tls(TlsPeer.upstream(named.upstream()));
        }

        /** Adds what speaks {@code wire} behind everything that is in the pipeline already. */
        private void install(ChannelPipeline pipeline, Wire wire) {
            long nowNanos = clock.nanoTime();
            if (wire == Wire.HTTP1) {
                Http1UpstreamConnection made =
                        new Http1UpstreamConnection(dial, owner, new ReadSwitch(pipeline.channel()), nowNanos);
                pipeline.addLast(new Http1ClientCodec(decoderConfig()), made);
                connection = made;
            } else {
                connection = Http2UpstreamConnection.install(pipeline, dial, owner, timers, clock);
            }
        }

        /** Where there is TLS, a connection that stands is not ready yet. */
        @Override
        public void operationComplete(ChannelFuture connected) {
            if (connected.isSuccess()) {
                if (security == null) {
                    ready();
                }
            } else {
                callback.onConnectFailed(failure(connected.cause(), dial.from()));
            }
        }

        private void ready() {
            UpstreamConnection made = connection;
            if (made != null) {
                callback.onConnected(made);
            }
        }
    }
}
