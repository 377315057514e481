package dev.outrigger.listener;

import dev.outrigger.config.model.ListenerConfig;
import dev.outrigger.record.LoopMetrics;
import dev.outrigger.time.NanoClock;
import dev.outrigger.transport.DownstreamInitializer;
import dev.outrigger.transport.DownstreamSettings;
import dev.outrigger.transport.DrainEvent;
import dev.outrigger.transport.EventLoops;
import dev.outrigger.transport.HttpLimits;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One bound socket. Connections are dealt out to the workers in turn, so that a few busy ones spread evenly; the kernel's own
 * distribution by hash would leave a worker without any.
 *
 * <p>Beyond {@code max-connections} a connection is closed as soon as it is accepted: the client learns at once, and the
 * connections that are there keep their memory.
 */
public final class Listener {
    private static final Logger LOG = System.getLogger(Listener.class.getName());
    private static final int BACKLOG = 4096;

    private final ListenerConfig config;
    private final DownstreamInitializer initializer;
    private final List<WorkerEntrance> entrances;
    private final AtomicInteger connections = new AtomicInteger();
    private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Channel server;

    private Listener(
            ListenerConfig config,
            List<WorkerEntrance> entrances,
            EventLoopGroup loops,
            EventLoops transport,
            NanoClock clock,
            InetSocketAddress address)
            throws IOException {
        this.config = config;
        this.entrances = List.copyOf(entrances);
        this.initializer = new DownstreamInitializer(settings(config), clock);
        this.server = bind(loops, transport, address);
    }

    /** @throws IOException naming the listener and the address if it can not be bound */
    public static Listener open(
            ListenerConfig config,
            List<WorkerEntrance> entrances,
            EventLoopGroup loops,
            EventLoops transport,
            NanoClock clock,
            InetSocketAddress address)
            throws IOException {
        return new Listener(config, entrances, loops, transport, clock, address);
    }

    private static DownstreamSettings settings(ListenerConfig config) {
        return new DownstreamSettings(
                config.name(),
                new HttpLimits(config.maxRequestLineBytes(), config.maxHeaderBytes(), config.maxHeaders()),
                config.requestHeadTimeout().toNanos(),
                config.idleTimeout().toNanos(),
                (where, cause) -> LOG.log(Level.ERROR, "defect on a " + where, cause));
    }

    private Channel bind(EventLoopGroup loops, EventLoops transport, InetSocketAddress address) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(transport.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                });
        transport.tune(bootstrap);
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "listener " + config.name() + ": can not bind " + config.bind() + " ("
                            + bound.cause().getMessage() + ")",
                    bound.cause());
        }
        return bound.channel();
    }

    private void accept(Channel channel) {
        WorkerEntrance entrance = entranceOf(channel.eventLoop());
        LoopMetrics metrics = entrance.worker().metrics();
        if (connections.incrementAndGet() > config.maxConnections()) {
            connections.decrementAndGet();
            metrics.connectionsRefused++;
            channel.close();
            return;
        }
        metrics.connectionsAccepted++;
        metrics.downstreamConnections++;
        clients.add(channel);
        channel.closeFuture().addListener(closed -> {
            connections.decrementAndGet();
            metrics.downstreamConnections--;
        });
        initializer.initialize(channel, entrance.exchanges(), entrance.worker().timers());
    }

    private WorkerEntrance entranceOf(EventLoop loop) {
        for (WorkerEntrance entrance : entrances) {
            if (entrance.worker().loop() == loop) {
                return entrance;
            }
        }
        throw new IllegalStateException("a connection on a loop that is no worker's: " + loop);
    }

    public String name() {
        return config.name();
    }

    /** Where it really listens: the port that the kernel chose if port 0 was asked for. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.localAddress();
    }

    public int connections() {
        return connections.get();
    }

    /** Accepts no further connection; idle ones close, the others after the answer that they are about. */
    public void drain() {
        server.close().awaitUninterruptibly();
        for (Channel client : clients) {
            client.eventLoop().execute(() -> client.pipeline().fireUserEventTriggered(DrainEvent.DRAIN));
        }
    }

    /**
     * Waits until every connection has closed by itself.
     *
     * @return how many are left when the time is over
     */
    public int awaitDrained(long timeoutNanos) {
        clients.newCloseFuture().awaitUninterruptibly(Math.max(1, timeoutNanos), TimeUnit.NANOSECONDS);
        return connections.get();
    }

    /** Closes everything, whatever it is about. */
    public void close() {
        server.close().awaitUninterruptibly();
        clients.close().awaitUninterruptibly();
    }
}
