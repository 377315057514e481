package dev.outrigger.transport;

import dev.outrigger.http.ConnectionEnd;
import dev.outrigger.http.Intercepted;
import dev.outrigger.http.RequestSink;
import dev.outrigger.record.CloseReason;
import dev.outrigger.record.Http2Counts;
import dev.outrigger.record.LoopMetrics;
import dev.outrigger.record.TlsPeer;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.time.NanoClock;
import dev.outrigger.transport.ProtocolDetector.Scope;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.ssl.ApplicationProtocolNames;
import org.jspecify.annotations.Nullable;

/**
 * Builds the pipeline of a client's connection: what has to be read first (a PROXY header, the first bytes, a TLS handshake)
 * stands alone in it and has the next part installed when it is done; at last the handlers of its protocol, nothing more.
 */
public final class DownstreamInitializer {
    private final DownstreamSettings settings;
    private final RequestRules rules;
    private final TlsSource tls;
    private final NanoClock clock;

    /** @param tls asked for each connection */
    public DownstreamInitializer(DownstreamSettings settings, TlsSource tls, NanoClock clock) {
        this.settings = settings;
        this.rules = new RequestRules(
                settings.limits(), settings.rules(), settings.entrance().outbound());
        this.tls = tls;
        this.clock = clock;
    }

    /**
     * @param exchanges opens exchanges on the channel's worker
     * @param relays opens relays of opaque connections on the channel's worker
     * @param timers of the channel's worker
     * @param metrics of the channel's worker
     */
    public void initialize(
            Channel channel,
            RequestSink.Factory exchanges,
            ByteSink.Factory relays,
            LoopTimers timers,
            LoopMetrics metrics) {
        ConnectionEnd end = ConnectionEnd.of(channel, metrics.listener(settings.listener()));
        ReadSwitch reads = new ReadSwitch(channel);
        ConnectionLife life = new ConnectionLife(settings, reads, end, timers, clock);
        Pipelines pipelines = new Pipelines(exchanges, relays, reads, end, life, timers, metrics);
        if (settings.entrance().isTrustedProxy(channel.remoteAddress())) {
            ProxyProtocolReader reader = new ProxyProtocolReader(
                    () -> pipelines.begin(channel.pipeline()),
                    end,
                    timers,
                    clock.nanoTime() + settings.requestHeadTimeoutNanos(),
                    metrics.entrance(settings.listener()));
            channel.pipeline().addLast(ProxyProtocolReader.decoder(), reader);
        } else {
            pipelines.begin(channel.pipeline());
        }
    }

    /** The handlers of one connection, whichever protocol it turns out to speak. */
    private final class Pipelines implements Entrance {
        private final RequestSink.Factory exchanges;
        private final ByteSink.Factory relays;
        private final ReadSwitch reads;
        private final ConnectionEnd end;
        private final ConnectionLife life;
        private final LoopTimers timers;
        private final LoopMetrics metrics;

        Pipelines(
                RequestSink.Factory exchanges,
                ByteSink.Factory relays,
                ReadSwitch reads,
                ConnectionEnd end,
                ConnectionLife life,
                LoopTimers timers,
                LoopMetrics metrics) {
            this.exchanges = exchanges;
            this.relays = relays;
            this.reads = reads;
            this.end = end;
            this.life = life;
            this.timers = timers;
            this.metrics = metrics;
        }

        /** Whose connection it is is known; what it speaks may not be. */
        void begin(ChannelPipeline pipeline) {
            Intercepted intercepted = OriginalDestination.of(pipeline.channel());
            if (intercepted != null && intercepted.isOpaque()) {
                opaque(pipeline, null);
                return;
            }
            ServerTls current = tls.server(settings.listener());
            boolean mayBePlain = settings.entrance().scope() == Scope.AUTO;
            if (current == null || mayBePlain) {
                detect(pipeline, settings.entrance().scope());
            } else {
                secure(pipeline, current);
            }
        }

        private void detect(ChannelPipeline pipeline, @Nullable Scope scope) {
            if (scope == null) {
                opaque(pipeline, null);
            } else {
                pipeline.addLast(new ProtocolDetector(
                        scope, settings, this, life, metrics.entrance(settings.listener()), timers, clock));
            }
        }

        private void secure(ChannelPipeline pipeline, ServerTls current) {
            ServerHandshake handshake = new ServerHandshake(
                    current,
                    metrics.tls(TlsPeer.clientsOf(settings.listener())),
                    end,
                    timers,
                    clock,
                    settings.defects(),
                    this::secured);
            pipeline.addLast(new TlsHello(current, handshake), handshake);
        }

        /** Who agreed on nothing in the handshake shows by the first bytes what it speaks. */
        private void secured(ChannelPipeline pipeline, @Nullable String protocol) {
            Scope scope = settings.entrance().scope();
            boolean mayBeHttp = scope == Scope.HTTP || scope == Scope.AUTO;
            if (mayBeHttp && ApplicationProtocolNames.HTTP_2.equals(protocol)) {
                http2(pipeline);
            } else if (mayBeHttp && ApplicationProtocolNames.HTTP_1_1.equals(protocol)) {
                http1(pipeline);
            } else if (mayBeHttp) {
                detect(pipeline, scope);
            } else {
                opaque(pipeline, null);
                return;
            }
            life.begin();
        }

        /** Ended here if the listener has certificates, else passed on as it is. TLS inside of TLS is nothing that is ended. */
        @Override
        public void tls(ChannelPipeline pipeline, @Nullable String serverName) {
            ServerTls current =
                    ServerHandshake.sessionOf(pipeline.channel()) == null ? tls.server(settings.listener()) : null;
            if (current == null) {
                opaque(pipeline, serverName);
            } else {
                secure(pipeline, current);
            }
        }

        @Override
        public void http1(ChannelPipeline pipeline) {
            Http1ServerCodec codec = new Http1ServerCodec(settings.limits(), reads);
            Http1Turnstile turnstile =
                    new Http1Turnstile(reads, end, settings.rules().maxPipelined());
            pipeline.addLast(
                    codec,
                    turnstile,
                    new DownstreamHandler(settings, exchanges, rules, codec, turnstile, reads, end, life, clock));
        }

        @Override
        public void http2(ChannelPipeline pipeline) {
            Http2Counts counts = metrics.http2(settings.listener());
            Http2FloodGuard guard = new Http2FloodGuard(settings.http2(), clock, counts);
            Http2ServerCodec codec =
                    Http2ServerCodec.of(settings.http2(), settings.limits().headerBytes(), guard);
            Http2Gate gate = new Http2Gate();
            Http2ServerConnection connection =
                    new Http2ServerConnection(settings, exchanges, rules, codec, gate, end, life, counts, clock);
            codec.owner(connection);
            pipeline.addLast(
                    gate,
                    codec,
                    new Http2MultiplexHandler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel stream) {
                            stream.pipeline().addLast(new Http2RequestStream(connection));
                        }
                    }),
                    connection);
        }

        @Override
        public void opaque(ChannelPipeline pipeline, @Nullable String serverName) {
            // Nothing of what ends a connection between requests, or drains it, holds for it.
            life.end();
            end.because(CloseReason.TUNNEL);
            pipeline.addLast(new OpaqueHandler(
                    stream -> relays.open(
                            stream,
                            ProxiedAddresses.clientOf(settings.listener(), pipeline.channel(), false),
                            serverName),
                    settings.defects()));
        }
    }
}
