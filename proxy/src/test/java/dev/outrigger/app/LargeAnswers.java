package dev.outrigger.app;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;

/** An upstream that answers everything, once it is whole, with so many bytes. */
final class LargeAnswers implements AutoCloseable {
    private static final int MAX_HEAD_BYTES = 64 * 1024;
    /** Little, so that a thousand answers that nobody takes leave the kernel its memory for others. */
    private static final int SEND_BUFFER_BYTES = 64 * 1024;

    private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final int bytes;
    /** One for all answers, whoever is slow to take his. */
    private final ByteBuf memory;

    private final ByteBuf body;

    private final Channel server;

    /** @param loop NIO; not closed by this */
    LargeAnswers(EventLoopGroup loop, int bytes) {
        this.bytes = bytes;
        this.memory = Unpooled.directBuffer(bytes).writeZero(bytes);
        this.body = Unpooled.unreleasableBuffer(memory);
        this.server = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 2048)
                .childOption(ChannelOption.ALLOCATOR, LoadClient.ALLOCATOR)
                .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        open.add(channel);
                        channel.pipeline().addLast(new HttpServerCodec(4096, MAX_HEAD_BYTES, 8192), new Answering());
                    }
                })
                .bind(Ports.loopback(0))
                .syncUninterruptibly()
                .channel();
    }

    int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    @Override
    public void close() {
        server.close().syncUninterruptibly();
        open.close().awaitUninterruptibly();
        memory.release();
    }

    private final class Answering extends SimpleChannelInboundHandler<HttpObject> {
        private boolean headOnly;

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
            if (message instanceof HttpRequest head) {
                headOnly = head.method().equals(HttpMethod.HEAD);
            }
            if (message instanceof LastHttpContent) {
                FullHttpResponse response = new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.OK,
                        headOnly ? Unpooled.EMPTY_BUFFER : body.duplicate());
                response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, bytes);
                context.writeAndFlush(response);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
