package dev.outrigger.demo;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * A small but real MCP server over Streamable HTTP at {@value McpEndpoint#PATH}: sessions for the revisions up to
 * 2025-11-25, stateless requests for 2026-07-28, on one endpoint, told apart per request.
 *
 * <p>Its tools answer at once, late, wrongly, at length or step by step, so that every feature of the sidecar has something
 * to show. It is written on Netty rather than on an MCP library because the sidecar ships with nothing else, and it runs
 * on one event loop: sessions and counters are plain fields.
 *
 * <p>{@link #start} and {@link #close} may be called from any thread.
 */
public final class DemoServer implements AutoCloseable {
    /** Room for any call that a person would write; the sidecar's own limits are tested against other servers. */
    private static final int MAX_REQUEST_BYTES = 1024 * 1024;

    /** For each of the two steps of closing: connections, then the loop. */
    private static final long STEP_LIMIT_MILLIS = 1_000;

    private final EventLoopGroup group;
    private final Class<? extends ServerChannel> channelClass;
    private final boolean ownsGroup;
    private final ChannelGroup channels = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);

    /**
     * @param group lends one of its loops and stays open when this server closes
     * @param channelClass the kind of socket that suits the group
     */
    public DemoServer(EventLoopGroup group, Class<? extends ServerChannel> channelClass) {
        this(group, channelClass, false);
    }

    private DemoServer(EventLoopGroup group, Class<? extends ServerChannel> channelClass, boolean ownsGroup) {
        this.group = group;
        this.channelClass = channelClass;
        this.ownsGroup = ownsGroup;
    }

    /** A server with an NIO loop of its own, on a daemon thread, which ends with it. */
    public static DemoServer onItsOwnLoop() {
        DefaultThreadFactory threads = new DefaultThreadFactory("outrigger-demo", true);
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, threads, NioIoHandler.newFactory());
        return new DemoServer(loop, NioServerSocketChannel.class, true);
    }

    /**
     * Binds and serves.
     *
     * @param address port 0 takes a free one
     * @return the port bound
     * @throws IOException if the address cannot be bound; the server is closed then
     */
    public int start(InetSocketAddress address) throws IOException {
        EventLoop loop = group.next();
        Tools tools = new Tools(loop);
        McpEndpoint endpoint = new McpEndpoint(new LegacyEra(tools, new Sessions()), new ModernEra(tools));
        ChannelFuture bound = new ServerBootstrap()
                .group(loop, loop)
                .channel(channelClass)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channels.add(channel);
                        channel.pipeline()
                                .addLast(new HttpServerCodec())
                                .addLast(new HttpObjectAggregator(MAX_REQUEST_BYTES))
                                .addLast(new Connection(endpoint));
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            close();
            throw new IOException("cannot bind " + address + ", expected a free local address", bound.cause());
        }
        channels.add(bound.channel());
        return ((InetSocketAddress) bound.channel().localAddress()).getPort();
    }

    /** Stops as a killed process would: calls under way are broken off, sessions are forgotten. Waits 2 s at most. */
    @Override
    public void close() {
        var closed = channels.close();
        if (!ownsGroup) {
            return;
        }
        closed.awaitUninterruptibly(STEP_LIMIT_MILLIS);
        group.shutdownGracefully(0, STEP_LIMIT_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly(STEP_LIMIT_MILLIS);
    }
}
