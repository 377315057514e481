package dev.outrigger.listener;

import dev.outrigger.config.model.Http2Config;
import dev.outrigger.config.model.InterceptionConfig;
import dev.outrigger.config.model.ListenerConfig;
import dev.outrigger.record.CloseReason;
import dev.outrigger.record.LoopMetrics;
import dev.outrigger.transport.DownstreamInitializer;
import dev.outrigger.transport.DownstreamSettings;
import dev.outrigger.transport.DrainEvent;
import dev.outrigger.transport.EntranceSettings;
import dev.outrigger.transport.Http2Limits;
import dev.outrigger.transport.HttpLimits;
import dev.outrigger.transport.PortHandOver;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One bound socket. Connections are dealt out to the workers in turn, so that a few busy ones spread evenly; the kernel's own
 * distribution by hash would leave a worker without any.
 *
 * <p>The socket outlives its settings: a new configuration holds for the connections accepted from then on, and no client is
 * refused meanwhile. It is opened without accepting, so that several can be bound, or none, before any of them serves; what
 * connects in between waits in the kernel's queue.
 *
 * <p>Beyond {@code max-connections} a connection is closed as soon as it is accepted: the client learns at once, and the
 * connections that are there keep their memory.
 */
public final class Listener {
    private static final Logger LOG = System.getLogger(Listener.class.getName());
    private static final int BACKLOG = 4096;
    /** Between two requests a client rarely rests for longer and still has the next one under way. */
    private static final Duration LONGEST_DRAIN_IDLE = Duration.ofSeconds(5);
    /** A loop that does not come round in this time will not be waited for. */
    private static final long LOOP_ROUND_MILLIS = 1000;

    private final Entrances entrances;
    private final InetSocketAddress wanted;
    private final AtomicInteger connections = new AtomicInteger();
    private final AddressCounts addresses = new AddressCounts();
    private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Channel server;
    private volatile Terms terms;
    private volatile boolean draining;

    private Listener(
            Entrances entrances,
            ListenerConfig config,
            InetSocketAddress address,
            Duration drainTimeout,
            boolean shared)
            throws IOException {
        this.entrances = entrances;
        this.wanted = address;
        this.terms = terms(config, drainTimeout);
        this.server = bind(shared);
    }

    /**
     * Binds, and accepts nothing until {@link #accept()}.
     *
     * @param drainTimeout how long the end of its connections may take once it is asked for
     * @param shared whether other processes of the same user may bind the address too
     * @throws IOException naming the listener and the address if it can not be bound
     */
    public static Listener open(Entrances entrances, ListenerConfig config, Duration drainTimeout, boolean shared)
            throws IOException {
        return new Listener(entrances, config, address(config), drainTimeout, shared);
    }

    static InetSocketAddress address(ListenerConfig config) {
        return new InetSocketAddress(config.bind().host(), config.bind().port());
    }

    /**
     * @throws IOException if the listener intercepts, and the transport cannot
     */
    static void check(Entrances entrances, ListenerConfig config) throws IOException {
        if (config.interception().isPresent() && !entrances.transport().knowsOriginalDestinations()) {
            throw new IOException("listener " + config.name() + ": mode = transparent needs epoll or io_uring, and "
                    + entrances.transport().name()
                    + " is what runtime.transport asks for or this machine has; expected Linux, and another transport");
        }
        config.interception().ifPresent(interception -> InterceptionGate.checkSources(config.name(), interception));
    }

    private Terms terms(ListenerConfig config, Duration drainTimeout) {
        Duration half = drainTimeout.dividedBy(2);
        Duration drainIdle = half.compareTo(LONGEST_DRAIN_IDLE) < 0 ? half : LONGEST_DRAIN_IDLE;
        DownstreamSettings settings = new DownstreamSettings(
                config.name(),
                EntranceSettings.of(config),
                new HttpLimits(config.maxRequestLineBytes(), config.maxHeaderBytes(), config.maxHeaders()),
                limits(config.http2()),
                config.http(),
                config.requestHeadTimeout().toNanos(),
                config.idleTimeout().toNanos(),
                drainIdle.toNanos(),
                (where, cause) -> LOG.log(Level.ERROR, "defect on a " + where, cause));
        InterceptionGate gate = config.interception()
                .map(interception -> new InterceptionGate(
                        config.name(), interception, entrances.transport().ownSockets(), entrances.clock()))
                .orElse(null);
        return new Terms(config, gate, new DownstreamInitializer(settings, entrances.tls(), entrances.clock()));
    }

    private static Http2Limits limits(Http2Config config) {
        return new Http2Limits(
                config.maxConcurrentStreams(),
                config.streamWindowBytes(),
                config.connectionWindowBytes(),
                config.floodWindow().toNanos(),
                config.maxResets(),
                config.maxOwnResets(),
                config.maxPings(),
                config.maxSettings(),
                config.maxEmptyFrames(),
                config.maxContinuations(),
                config.maxQueuedFrames());
    }

    private Channel bind(boolean shared) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(entrances.loops())
                .channel(entrances.transport().serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                });
        entrances.transport().tune(bootstrap);
        if (shared) {
            PortHandOver.share(bootstrap, entrances.transport().serverChannel());
        }
        entrances.transport().acceptForeign(bootstrap, isForeign(terms.config()));
        ChannelFuture bound = bootstrap.bind(wanted).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "listener " + name() + ": can not bind " + terms.config().bind() + " ("
                            + bound.cause().getMessage() + ")",
                    bound.cause());
        }
        Channel channel = bound.channel();
        if (isForeign(terms.config()) && !entrances.transport().acceptsForeign(channel)) {
            channel.close().awaitUninterruptibly();
            throw new IOException("listener " + name() + ": tproxy = true is not permitted, expected CAP_NET_ADMIN");
        }
        entrances.transport().ownSockets().listens(channel);
        return channel;
    }

    private static boolean isForeign(ListenerConfig config) {
        return config.interception().map(InterceptionConfig::tproxy).orElse(false);
    }

    /** Whether its socket would be made alike for other settings. */
    boolean isMadeAs(ListenerConfig config) {
        return isForeign(terms.config()) == isForeign(config);
    }

    private void accept(Channel channel) {
        WorkerEntrance entrance = entrances.of(channel.eventLoop());
        LoopMetrics metrics = entrance.worker().metrics();
        Terms current = terms;
        CloseReason wrong = enter(channel, current);
        if (wrong != null) {
            connections.decrementAndGet();
            metrics.connectionsRefused++;
            metrics.listener(name()).closed(wrong);
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
        current.initializer()
                .initialize(
                        channel,
                        entrance.exchanges(),
                        entrance.relays(),
                        entrance.worker().timers(),
                        metrics);
        if (draining) {
            // Whoever set it may have told the others before this one was among them.
            channel.pipeline().fireUserEventTriggered(DrainEvent.DRAIN);
        }
    }

    /** @return why the connection, which counts from now on, must not come in; null if it may */
    private @Nullable CloseReason enter(Channel channel, Terms current) {
        if (connections.incrementAndGet() > current.config().maxConnections()) {
            return CloseReason.MAX_CONNECTIONS;
        }
        InterceptionGate gate = current.gate();
        CloseReason astray = gate == null ? null : gate.enter(channel);
        if (astray != null) {
            return astray;
        }
        return enterAddress(channel, current.config()) ? null : CloseReason.MAX_PER_ADDRESS;
    }

    /** A connection that a load balancer passes on is not that of its address. */
    private boolean enterAddress(Channel channel, ListenerConfig config) {
        Object key = config.maxConnectionsPerAddress() == 0 ? null : AddressCounts.keyOf(channel.remoteAddress());
        if (key == null || EntranceSettings.of(config).isTrustedProxy(channel.remoteAddress())) {
            return true;
        }
        boolean entered = addresses.enter(key, config.maxConnectionsPerAddress());
        if (entered) {
            channel.closeFuture().addListener(closed -> addresses.leave(key));
        }
        return entered;
    }

    public String name() {
        return terms.config().name();
    }

    /** Where it really listens: the port that the kernel chose if port 0 was asked for. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.localAddress();
    }

    public int connections() {
        return connections.get();
    }

    /** Begins to accept. */
    public void accept() {
        server.config().setAutoRead(true);
    }

    /** Other settings for the connections accepted from now on; what is bound stays. */
    public void reconfigure(ListenerConfig config, Duration drainTimeout) {
        terms = terms(config, drainTimeout);
    }

    /** Whether other processes of the same user may bind the address too. */
    void share(boolean shared) {
        PortHandOver.share(server, shared);
    }

    /** Whether the socket is still there, accepting or not. */
    boolean isBound() {
        return server.isOpen();
    }

    /** The address that it was asked to bind. */
    InetSocketAddress wanted() {
        return wanted;
    }

    /**
     * Goes: no new connection comes in from now on, and those that are there end with what they are about.
     *
     * @return whether what is in the queue is still accepted; then {@link #stopAccepting()} has to follow
     */
    boolean drain(Departure departure) {
        boolean acceptsQueue =
                switch (departure) {
                    case FOR_GOOD -> false;
                    case TO_PROCESS -> PortHandOver.yieldPort(server);
                    case TO_NEIGHBOUR -> PortHandOver.holdOff(server);
                };
        draining = true;
        tick();
        if (!acceptsQueue) {
            // Heard before the socket closes: who is refused may rely on it that the others know.
            awaitLoops();
            stopAccepting();
        }
        return acceptsQueue;
    }

    /** Whether everybody who has connected is accepted, as far as the kernel tells. */
    boolean isQueueEmpty() {
        return PortHandOver.waiting(server) == 0;
    }

    /** Closes the socket; every connection that it had accepted is counted when this returns. */
    void stopAccepting() {
        server.close().awaitUninterruptibly();
        // Connections come in by a task of their worker's loop.
        awaitLoops();
    }

    /** The tasks that the loops have are done when a later one is. */
    private void awaitLoops() {
        for (WorkerEntrance entrance : entrances.all()) {
            entrance.worker().loop().submit(() -> {}).awaitUninterruptibly(LOOP_ROUND_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Asks connections again whether they can end. */
    void tick() {
        tell(DrainEvent.DRAIN);
    }

    /** Has everything end that is still there. */
    void deadline() {
        tell(DrainEvent.DEADLINE);
    }

    private void tell(DrainEvent event) {
        for (Channel client : clients) {
            client.eventLoop().execute(() -> client.pipeline().fireUserEventTriggered(event));
        }
    }

    /** Closes everything, whatever it is about. */
    public void close() {
        server.close().awaitUninterruptibly();
        clients.close().awaitUninterruptibly();
    }

    /**
     * What holds for connections accepted now.
     *
     * @param gate null if clients connect by themselves
     */
    private record Terms(ListenerConfig config, @Nullable InterceptionGate gate, DownstreamInitializer initializer) {}
}
