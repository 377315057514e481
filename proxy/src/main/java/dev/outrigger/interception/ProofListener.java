package dev.outrigger.interception;

import dev.outrigger.transport.EventLoops;
import dev.outrigger.transport.OriginalDestination;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A listener in the proxy's place, and the connections that it hopes for. Used by the main thread; its loop only notes. */
final class ProofListener implements AutoCloseable {
    private final BlockingQueue<Arrival> arrivals;
    private final Channel channel;

    private ProofListener(BlockingQueue<Arrival> arrivals, Channel channel) {
        this.arrivals = arrivals;
        this.channel = channel;
    }

    /** @param transparent whether connections are given to it by TPROXY: then their own address is where they were going */
    static ProofListener bind(EventLoops loops, EventLoopGroup group, InetSocketAddress address, boolean transparent)
            throws InterruptedException, ProofFailure {
        BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(loops.serverChannel())
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        accepted.pipeline().addLast(new Note(arrivals, transparent));
                    }
                });
        if (transparent) {
            bootstrap.option(EpollChannelOption.IP_TRANSPARENT, true);
        }
        ChannelFuture bound = bootstrap.bind(address).await();
        if (!bound.isSuccess()) {
            throw new ProofFailure(bound.cause());
        }
        return new ProofListener(arrivals, bound.channel());
    }

    /**
     * Opens a connection that has to come here instead.
     *
     * @param from local address; null for any
     * @throws ProofFailure if it does not, or is told to have been going elsewhere
     */
    void connect(InetSocketAddress target, @Nullable InetAddress from, long limitNanos)
            throws InterruptedException, ProofFailure {
        long startNanos = System.nanoTime();
        try (Socket client = new Socket()) {
            client.bind(from == null ? null : new InetSocketAddress(from, 0));
            client.connect(target, (int) TimeUnit.NANOSECONDS.toMillis(limitNanos));
            awaitArrival(client.getLocalSocketAddress(), target, startNanos + limitNanos);
        } catch (IOException e) {
            throw new ProofFailure(e);
        }
    }

    /** Others may connect at the same time; theirs is passed over. */
    private void awaitArrival(SocketAddress client, InetSocketAddress target, long deadlineNanos)
            throws InterruptedException, ProofFailure {
        while (true) {
            Arrival arrival = arrivals.poll(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (arrival == null) {
                throw new ProofFailure("somebody else has it");
            }
            if (arrival.client.equals(client)) {
                if (!arrival.wasGoingTo(target)) {
                    throw new ProofFailure("it came, but the kernel says that it was going to " + arrival.original);
                }
                return;
            }
        }
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
    }

    /** @param original null if the kernel does not know, because nothing has led it anywhere */
    private record Arrival(SocketAddress client, @Nullable InetSocketAddress original) {
        boolean wasGoingTo(InetSocketAddress target) {
            return target.equals(original);
        }
    }

    /** Notes a connection and ends it. */
    private static final class Note extends ChannelInboundHandlerAdapter {
        private final BlockingQueue<Arrival> arrivals;
        private final boolean transparent;

        Note(BlockingQueue<Arrival> arrivals, boolean transparent) {
            this.arrivals = arrivals;
            this.transparent = transparent;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            Channel accepted = ctx.channel();
            arrivals.add(new Arrival(accepted.remoteAddress(), OriginalDestination.ask(accepted, transparent)));
            ctx.close();
        }
    }
}
