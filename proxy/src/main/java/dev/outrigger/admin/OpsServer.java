package dev.outrigger.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One operations port: an HTTP/1.1 server for probes, scrapers and operators. The status and the admin port are two of
 * these with different guards and routes on one event loop; their traffic is small, their clients are often simple, so the
 * server is strict about input and generous about answering.
 *
 * <p>{@link #start} and {@link #close} belong to one thread that is not the loop; everything else runs on the loop.
 */
public final class OpsServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(OpsServer.class.getName());
    private static final int LONGEST_REQUEST_LINE_BYTES = 4 * 1024;
    private static final int LONGEST_HEADERS_BYTES = 16 * 1024;
    private static final int BACKLOG = 128;
    /** How long {@link #close} waits for answers under way to be made and taken. */
    private static final long ANSWERS_END_MILLIS = 1_000;

    private final Settings settings;
    private final EventLoop loop;
    private final Class<? extends ServerChannel> channelType;
    private final OpsConnections connections;
    private @Nullable Channel server;

    /**
     * @param loop a single loop, which carries the server socket and all its connections; not closed here
     * @param channelType the server socket of the same transport
     */
    public OpsServer(Settings settings, EventLoop loop, Class<? extends ServerChannel> channelType) {
        this.settings = settings;
        this.loop = loop;
        this.channelType = channelType;
        this.connections = new OpsConnections(settings.limits().connections());
    }

    /**
     * Binds and serves.
     *
     * @return the bound address, which has the real port where port 0 was asked for
     * @throws IOException if that is not possible; the message says which address, why, and what to do
     */
    public InetSocketAddress start(InetSocketAddress address) throws IOException {
        return start(address, bootstrap -> {});
    }

    /**
     * Binds and serves.
     *
     * @param options further options of the server socket, set before it is bound
     * @return the bound address, which has the real port where port 0 was asked for
     * @throws IOException if that is not possible; the message says which address, why, and what to do
     */
    public InetSocketAddress start(InetSocketAddress address, Consumer<ServerBootstrap> options) throws IOException {
        if (server != null) {
            throw new IllegalStateException(settings.name() + " port is already started, expected one start");
        }
        if (address.isUnresolved()) {
            throw cannotListen(address, "the name has no address", null);
        }
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop)
                .channel(channelType)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new Pipeline());
        options.accept(bootstrap);
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            Throwable cause = bound.cause();
            throw cannotListen(address, cause == null ? "unknown" : String.valueOf(cause.getMessage()), cause);
        }
        server = bound.channel();
        return (InetSocketAddress) bound.channel().localAddress();
    }

    /**
     * The server socket, for those who share its port or hand it over.
     *
     * @throws IllegalStateException unless it is started
     */
    public Channel channel() {
        Channel open = server;
        if (open == null) {
            throw new IllegalStateException(settings.name() + " port is not started, expected a start before");
        }
        return open;
    }

    private IOException cannotListen(InetSocketAddress address, String why, @Nullable Throwable cause) {
        BindException failure = new BindException(settings.name() + " port: cannot listen on " + address.getHostString()
                + ':' + address.getPort() + ": " + why
                + "; stop what holds the address, or choose another one with outrigger."
                + settings.name() + ".bind");
        failure.initCause(cause);
        return failure;
    }

    /**
     * Stops listening, lets answers under way be finished for up to a second, and closes every connection: a stop or a change
     * of this port's address is often asked for on the port itself. Does nothing if it was not started.
     */
    @Override
    public void close() {
        Channel open = server;
        if (open == null) {
            return;
        }
        server = null;
        open.close().awaitUninterruptibly();
        try {
            CompletableFuture<Void> finished = new CompletableFuture<>();
            loop.execute(() -> connections.drain(finished));
            await(finished);
            loop.submit(connections::closeAll).awaitUninterruptibly();
        } catch (RejectedExecutionException e) {
            // The loop has ended, and its channels with it.
            return;
        }
    }

    private static void await(CompletableFuture<Void> finished) {
        try {
            finished.get(ANSWERS_END_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.log(Level.DEBUG, "an answer was not taken in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Pipeline extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            HttpDecoderConfig decoder = new HttpDecoderConfig()
                    .setMaxInitialLineLength(LONGEST_REQUEST_LINE_BYTES)
                    .setMaxHeaderSize(LONGEST_HEADERS_BYTES)
                    .setStrictLineParsing(true);
            channel.pipeline()
                    .addLast(new HttpServerCodec(decoder))
                    .addLast(new OpsAggregator(settings.limits().bodyBytes()))
                    .addLast(new FlowControlHandler())
                    .addLast(new OpsConnection(settings, connections, channel));
        }
    }

    /**
     * What makes one operations port different from another.
     *
     * @param name {@code status} or {@code admin}: the section of the configuration with its {@code bind}
     * @param guards asked in this order before a route is looked for
     */
    public record Settings(String name, OpsRoutes routes, List<OpsGuard> guards, OpsLimits limits) {
        public Settings {
            guards = List.copyOf(guards);
        }
    }
}
