package dev.outrigger.transport;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.time.NanoClock;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.resolver.AddressResolverGroup;
import java.net.ConnectException;
import java.net.InetSocketAddress;

/** Opens upstream connections on one worker's loop, so that an exchange never changes threads. */
public final class UpstreamConnector {
    private static final int MAX_CHUNK_BYTES = 64 * 1024;
    /** An answer's head may be as large as Envoy lets it be. */
    private static final int MAX_HEADER_BYTES = 60 * 1024;

    /** Told once of each attempt to connect. */
    public interface Callback {
        void onConnected(UpstreamHandler connection);

        void onConnectFailed(Failure failure);
    }

    private final Bootstrap bootstrap;
    private final NanoClock clock;

    public UpstreamConnector(
            EventLoop loop, EventLoops transport, AddressResolverGroup<InetSocketAddress> resolver, NanoClock clock) {
        this.clock = clock;
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
    public void connect(InetSocketAddress address, int timeoutMillis, UpstreamHandler.Owner owner, Callback callback) {
        ChannelFuture connecting = bootstrap
                .clone()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        new HttpClientCodec(decoderConfig(), false, false),
                                        new UpstreamHandler(owner, new ReadSwitch(channel), clock.nanoTime()));
                    }
                })
                .connect(address);
        connecting.addListener(done -> {
            if (done.isSuccess()) {
                callback.onConnected(connecting.channel().pipeline().get(UpstreamHandler.class));
            } else {
                callback.onConnectFailed(failure(done.cause()));
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

    private static Failure failure(Throwable cause) {
        if (cause instanceof ConnectTimeoutException) {
            return Failure.unsent(Reason.CONNECT_TIMEOUT, cause);
        }
        boolean refused = cause instanceof ConnectException
                && String.valueOf(cause.getMessage()).contains("refused");
        return Failure.unsent(refused ? Reason.CONNECT_REFUSED : Reason.CONNECT_FAILED, cause);
    }
}
