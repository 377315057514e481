package dev.outrigger.transport;

import dev.outrigger.config.model.RuntimeConfig.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringBufferRingConfig;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringFixedBufferRingAllocator;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The machine's way to do socket I/O, and event loops that use it.
 *
 * <p>{@code auto} probes io_uring, then epoll, then NIO. The default seccomp profiles of container runtimes block io_uring,
 * so falling back is ordinary and silent; {@link #name()} tells what was found. A transport that was asked for by name and
 * is not there is an error instead: the operator wanted to know.
 */
public final class EventLoops {
    private static final short BUFFER_GROUP = 1;
    private static final short BUFFERS = 128;
    private static final int BUFFERS_AT_FIRST = 32;
    /** Holds the head and the body of an ordinary call, and a bulk transfer is still only a few reads per window. */
    private static final int BUFFER_BYTES = 8 * 1024;

    private final Kind kind;
    private final OwnSockets ownSockets = new OwnSockets();

    private EventLoops(Kind kind) {
        this.kind = kind;
    }

    /** @throws IllegalStateException if {@code wanted} is a transport by name that this machine does not offer */
    public static EventLoops probe(Transport wanted) {
        return switch (wanted) {
            case AUTO ->
                new EventLoops(
                        Kind.IO_URING.isAvailable() ? Kind.IO_URING : Kind.EPOLL.isAvailable() ? Kind.EPOLL : Kind.NIO);
            case IO_URING -> demand(Kind.IO_URING);
            case EPOLL -> demand(Kind.EPOLL);
            case NIO -> new EventLoops(Kind.NIO);
        };
    }

    private static EventLoops demand(Kind kind) {
        if (!kind.isAvailable()) {
            Throwable cause = kind.unavailabilityCause();
            throw new IllegalStateException(
                    "runtime.transport: " + kind.label + " is not available on this machine"
                            + (cause == null ? "" : " (" + cause.getMessage() + ")")
                            + "; expected auto, or one of those that are",
                    cause);
        }
        return new EventLoops(kind);
    }

    /** The sockets that use these loops and are known. */
    public OwnSockets ownSockets() {
        return ownSockets;
    }

    /** Whether it can tell where a redirected connection was going: NIO has no way to ask the socket. */
    public boolean knowsOriginalDestinations() {
        return kind != Kind.NIO;
    }

    /**
     * Lets a socket that is yet to be bound accept connections to addresses of others, as TPROXY leads them here.
     *
     * @param foreign whether it is to
     */
    public void acceptForeign(ServerBootstrap bootstrap, boolean foreign) {
        if (foreign) {
            bootstrap.option(transparent(), true);
        }
    }

    /** Whether {@link #acceptForeign} has had its effect, for which a privilege is needed. */
    public boolean acceptsForeign(Channel server) {
        return Boolean.TRUE.equals(server.config().getOption(transparent()));
    }

    private ChannelOption<Boolean> transparent() {
        return kind == Kind.IO_URING ? IoUringChannelOption.IP_TRANSPARENT : EpollChannelOption.IP_TRANSPARENT;
    }

    /** {@code io_uring}, {@code epoll} or {@code nio}. */
    public String name() {
        return kind.label;
    }

    /** @param threads number of loops, at least 1 */
    public EventLoopGroup open(int threads, String threadName) {
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(threadName, true), kind.handler.get());
    }

    /** Sets what the transport needs on connections that the bootstrap opens. */
    public void tune(Bootstrap bootstrap) {
        if (kind == Kind.IO_URING) {
            bootstrap.option(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, BUFFER_GROUP);
        }
    }

    /** Sets what the transport needs on connections that the bootstrap accepts. */
    public void tune(ServerBootstrap bootstrap) {
        if (kind == Kind.IO_URING) {
            bootstrap.childOption(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, BUFFER_GROUP);
        }
    }

    public Class<? extends ServerSocketChannel> serverChannel() {
        return kind.server;
    }

    public Class<? extends SocketChannel> socketChannel() {
        return kind.socket;
    }

    /** For DNS look-ups. */
    public Class<? extends DatagramChannel> datagramChannel() {
        return kind.datagram;
    }

    /**
     * The loop's connections read into a ring of buffers that the kernel fills. Besides saving memory and work this makes
     * Netty wait for data with the read itself; without a ring it waits for readiness first, and a reset that arrives
     * between a read and its completion is then never seen (4.2.18: the connection stays open for ever).
     */
    private static IoHandlerFactory ioUring() {
        IoHandlerFactory handlers = IoUringIoHandler.newFactory(new IoUringIoHandlerConfig()
                .setBufferRingConfig(IoUringBufferRingConfig.builder()
                        .bufferGroupId(BUFFER_GROUP)
                        .bufferRingSize(BUFFERS)
                        .batchSize(BUFFERS_AT_FIRST)
                        .allocator(new IoUringFixedBufferRingAllocator(BUFFER_BYTES))
                        .build()));
        return executor -> new OrderlyIoUring(handlers.newHandler(executor));
    }

    private static IoHandlerFactory epoll() {
        IoHandlerFactory handlers = EpollIoHandler.newFactory();
        return executor -> new SteadyEpoll(handlers.newHandler(executor));
    }

    private enum Kind {
        IO_URING(
                "io_uring",
                EventLoops::ioUring,
                IoUringServerSocketChannel.class,
                IoUringSocketChannel.class,
                IoUringDatagramChannel.class),
        EPOLL(
                "epoll",
                EventLoops::epoll,
                EpollServerSocketChannel.class,
                EpollSocketChannel.class,
                EpollDatagramChannel.class),
        NIO(
                "nio",
                NioIoHandler::newFactory,
                NioServerSocketChannel.class,
                NioSocketChannel.class,
                NioDatagramChannel.class);

        final String label;
        final Supplier<IoHandlerFactory> handler;
        final Class<? extends ServerSocketChannel> server;
        final Class<? extends SocketChannel> socket;
        final Class<? extends DatagramChannel> datagram;

        Kind(
                String label,
                Supplier<IoHandlerFactory> handler,
                Class<? extends ServerSocketChannel> server,
                Class<? extends SocketChannel> socket,
                Class<? extends DatagramChannel> datagram) {
            this.label = label;
            this.handler = handler;
            this.server = server;
            this.socket = socket;
            this.datagram = datagram;
        }

        boolean isAvailable() {
            return unavailabilityCause() == null;
        }

        @Nullable
        Throwable unavailabilityCause() {
            return switch (this) {
                case IO_URING ->
                    IoUring.isAvailable() && !IoUring.isRegisterBufferRingSupported()
                            ? new UnsupportedOperationException(
                                    "the kernel has no buffer rings, Linux 5.19 brought them")
                            : IoUring.unavailabilityCause();
                case EPOLL -> Epoll.unavailabilityCause();
                case NIO -> null;
            };
        }
    }
}
