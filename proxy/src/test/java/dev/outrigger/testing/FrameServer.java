package dev.outrigger.testing;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An HTTP/2 server on loopback, with prior knowledge, that does per frame exactly what a test tells it to. */
public final class FrameServer implements AutoCloseable {
    /** What to do when a request is there whole, or its head if {@code whole} is false; on the connection's loop. */
    @FunctionalInterface
    public interface Script {
        void onRequest(Stream stream, boolean whole);
    }

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger pings = new AtomicInteger();
    private final AtomicInteger goAways = new AtomicInteger();
    private final Queue<Long> resets = new ConcurrentLinkedQueue<>();
    private final Channel channel;

    /**
     * @param settings what it tells its clients
     * @param answersPings whether it does
     */
    public FrameServer(Http2Settings settings, boolean answersPings, Script script) {
        channel = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        connection
                                .pipeline()
                                .addLast(
                                        Http2FrameCodecBuilder.forServer()
                                                .initialSettings(settings)
                                                .autoAckPingFrame(answersPings)
                                                .gracefulShutdownTimeoutMillis(0)
                                                .build(),
                                        new Connection(script));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    /** With usual settings. */
    public FrameServer(Script script) {
        this(new Http2Settings(), true, script);
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    public int port() {
        return address().getPort();
    }

    /** Connections since the start. */
    public int accepted() {
        return accepted.get();
    }

    /** Connections that are open now. */
    public int open() {
        return open.get();
    }

    /** Heads of requests since the start. */
    public int requests() {
        return requests.get();
    }

    public int pings() {
        return pings.get();
    }

    /** GOAWAY frames that clients have sent. */
    public int goAways() {
        return goAways.get();
    }

    /** Error codes of the streams that clients have reset, in order. */
    public Queue<Long> resets() {
        return resets;
    }

    @Override
    public void close() {
        if (group.isShuttingDown()) {
            return;
        }
        channel.close().syncUninterruptibly();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** One request, and the means to answer it. */
    public static final class Stream {
        private final ChannelHandlerContext context;
        private final Http2FrameStream id;
        private final Http2Headers head;
        private final StringBuilder body = new StringBuilder();
        private @Nullable Http2Headers trailers;

        private Stream(ChannelHandlerContext context, Http2FrameStream id, Http2Headers head) {
            this.context = context;
            this.id = id;
            this.head = head;
        }

        public int number() {
            return id.id();
        }

        public Http2Headers head() {
            return head;
        }

        public String path() {
            return head.path().toString();
        }

        public String body() {
            return body.toString();
        }

        public @Nullable Http2Headers trailers() {
            return trailers;
        }

        /** A whole answer. */
        public void answer(String text) {
            headers(
                    new DefaultHttp2Headers().status("200").add("content-length", Integer.toString(text.length())),
                    false);
            data(text, true);
        }

        public void head(String status, boolean ends) {
            headers(new DefaultHttp2Headers().status(status), ends);
        }

        public void headers(Http2Headers headers, boolean ends) {
            context.writeAndFlush(new DefaultHttp2HeadersFrame(headers, ends).stream(id));
        }

        public void data(String text, boolean ends) {
            context.writeAndFlush(
                    new DefaultHttp2DataFrame(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8), ends).stream(id));
        }

        public void reset(Http2Error error) {
            context.writeAndFlush(new DefaultHttp2ResetFrame(error).stream(id));
        }

        /**
         * Tells the client to go. As bytes, since the codec would not say less than it has seen.
         *
         * @param lastStream the last that is still looked at
         */
        public void goAway(int lastStream) {
            ByteBuf frame = Unpooled.buffer();
            frame.writeMedium(8)
                    .writeByte(7)
                    .writeByte(0)
                    .writeInt(0)
                    .writeInt(lastStream)
                    .writeInt(0);
            context.pipeline().firstContext().writeAndFlush(frame);
        }

        /** Ends the connection without a word. */
        public void closeConnection() {
            context.pipeline().firstContext().close();
        }
    }

    private final class Connection extends ChannelInboundHandlerAdapter {
        private final Map<Http2FrameStream, Stream> streams = new ConcurrentHashMap<>();
        private final Script script;

        private Connection(Script script) {
            this.script = script;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            accepted.incrementAndGet();
            open.incrementAndGet();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            open.decrementAndGet();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof Http2HeadersFrame frame) {
                onHeaders(ctx, frame);
            } else if (message instanceof Http2DataFrame frame) {
                Stream stream = streams.get(frame.stream());
                stream.body.append(frame.content().toString(StandardCharsets.UTF_8));
                ctx.writeAndFlush(
                        new DefaultHttp2WindowUpdateFrame(frame.initialFlowControlledBytes()).stream(frame.stream()));
                if (frame.isEndStream()) {
                    script.onRequest(stream, true);
                }
            } else if (message instanceof Http2ResetFrame frame) {
                resets.add(frame.errorCode());
            } else if (message instanceof Http2GoAwayFrame) {
                goAways.incrementAndGet();
            } else if (message instanceof Http2PingFrame frame && !frame.ack()) {
                pings.incrementAndGet();
            }
            ReferenceCountUtil.release(message);
        }

        private void onHeaders(ChannelHandlerContext ctx, Http2HeadersFrame frame) {
            Stream stream = streams.get(frame.stream());
            if (stream == null) {
                requests.incrementAndGet();
                stream = new Stream(ctx, frame.stream(), frame.headers());
                streams.put(frame.stream(), stream);
            } else {
                stream.trailers = frame.headers();
            }
            script.onRequest(stream, frame.isEndStream());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
