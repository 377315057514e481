package dev.outrigger.app;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/** An upstream for many calls, on an event loop that it shares: answers each at once with the call's id and its own name. */
final class StubServer implements AutoCloseable {
    private static final int MAX_BODY_BYTES = 64 * 1024;

    private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final AtomicLong requests = new AtomicLong();
    private final String name;
    private final int port = Ports.free();
    private final Channel server;

    StubServer(EventLoopGroup loop, String name) {
        this.name = name;
        this.server = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.ALLOCATOR, LoadClient.ALLOCATOR)
                .childHandler(new ChannelInitializer<Channel>() {
                    private final Answering answering = new Answering();

                    @Override
                    protected void initChannel(Channel channel) {
                        open.add(channel);
                        channel.pipeline()
                                .addLast(new HttpServerCodec(), new HttpObjectAggregator(MAX_BODY_BYTES), answering);
                    }
                })
                .bind(Ports.loopback(port))
                .syncUninterruptibly()
                .channel();
    }

    int port() {
        return port;
    }

    /** As a configuration has it. */
    String endpoint() {
        return "127.0.0.1:" + port;
    }

    /** Requests so far. */
    long requests() {
        return requests.get();
    }

    @Override
    public void close() {
        server.close().syncUninterruptibly();
        open.close().awaitUninterruptibly();
    }

    @Sharable
    private final class Answering extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            requests.incrementAndGet();
            String body = request.content().toString(StandardCharsets.ISO_8859_1);
            ByteBuf answer = Unpooled.wrappedBuffer(Rpc.result(LoadClient.idOf(body), "{\"from\":\"" + name + "\"}")
                    .getBytes(StandardCharsets.UTF_8));
            FullHttpResponse response =
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, answer);
            response.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                    .setInt(HttpHeaderNames.CONTENT_LENGTH, answer.readableBytes());
            context.writeAndFlush(response);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
