package dev.outrigger.transport;

import dev.outrigger.config.model.RuntimeConfig.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs a loop to pass bytes that it does not look at: read into a buffer and written, or moved by the kernel through a
 * pipe ({@code splice}, which only epoll has). The figure to look at is {@code loopMillis}, the CPU time of the one loop; the
 * time of a shot also holds that of both ends.
 *
 * <p>Last result, JDK 17.0.15, two virtual EPYC cores that others shared, medians of loopMillis: bulk 555 copied, 427 spliced;
 * messages 2.1 s copied, 2.0 to 3.1 s spliced.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 10)
@Fork(
        value = 2,
        jvmArgsAppend = {"-XX:+UseSerialGC", "-Xmx64m"})
public class SpliceBenchmark {
    private static final int BULK_BYTES = 512 * 1024 * 1024;
    private static final int PIECE_BYTES = 64 * 1024;
    private static final int MESSAGE_BYTES = 1024;
    private static final int MESSAGES = 20_000;

    @Param({"COPY", "SPLICE"})
    private Way way;

    private EventLoopGroup group;
    private Channel relay;
    private ServerSocket server;
    private Socket near;
    private Socket far;
    private long loopThread;

    /** How bytes get from one connection to the other. */
    public enum Way {
        COPY {
            @Override
            void join(Channel from, Channel to) {
                from.pipeline().addLast(new Copying(to));
                from.config().setAutoRead(true);
            }
        },
        SPLICE {
            @Override
            @SuppressWarnings("deprecation") // the only way to it
            void join(Channel from, Channel to) {
                ((EpollSocketChannel) from).spliceTo((EpollSocketChannel) to, Integer.MAX_VALUE);
                from.config().setAutoRead(true);
            }
        };

        abstract void join(Channel from, Channel to);
    }

    /** CPU time of the loop, in milliseconds per shot. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Loop {
        public double loopMillis;
    }

    private static final class Copying extends ChannelInboundHandlerAdapter {
        private final Channel to;

        Copying(Channel to) {
            this.to = to;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            to.write(message, to.voidPromise());
            if (!to.isWritable()) {
                ctx.channel().config().setAutoRead(false);
                to.writeAndFlush(ctx.alloc().buffer(0, 0))
                        .addListener(written -> ctx.channel().config().setAutoRead(true));
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            to.flush();
        }
    }

    @Setup
    public void connect() throws Exception {
        EventLoops loops = EventLoops.probe(Transport.EPOLL);
        group = loops.open(1, "relay");
        loopThread = group.submit(() -> Thread.currentThread().getId()).get();
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        InetSocketAddress target = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
        relay = new ServerBootstrap()
                .group(group)
                .channel(loops.serverChannel())
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        ChannelFuture connect = new Bootstrap()
                                .group(group)
                                .channel(loops.socketChannel())
                                .option(ChannelOption.AUTO_READ, false)
                                .handler(new ChannelInboundHandlerAdapter())
                                .connect(target);
                        connect.addListener(connected -> {
                            way.join(accepted, connect.channel());
                            way.join(connect.channel(), accepted);
                        });
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        InetSocketAddress at = (InetSocketAddress) relay.localAddress();
        near = new Socket(at.getAddress(), at.getPort());
        far = server.accept();
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
    }

    @TearDown
    public void close() throws IOException {
        near.close();
        far.close();
        server.close();
        relay.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    /** Half a gibibyte in one direction. */
    @Benchmark
    public long bulk(Loop loop) throws Exception {
        long before = loopNanos();
        Thread sender = new Thread(() -> send(near, BULK_BYTES));
        sender.start();
        receive(far, BULK_BYTES);
        sender.join();
        loop.loopMillis += (loopNanos() - before) / 1e6;
        return before;
    }

    /** Twenty thousand questions and answers of one kibibyte. */
    @Benchmark
    public long messages(Loop loop) throws Exception {
        long before = loopNanos();
        Thread echo = new Thread(() -> {
            for (int i = 0; i < MESSAGES; i++) {
                receive(far, MESSAGE_BYTES);
                send(far, MESSAGE_BYTES);
            }
        });
        echo.start();
        for (int i = 0; i < MESSAGES; i++) {
            send(near, MESSAGE_BYTES);
            receive(near, MESSAGE_BYTES);
        }
        echo.join();
        loop.loopMillis += (loopNanos() - before) / 1e6;
        return before;
    }

    private long loopNanos() {
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(loopThread);
    }

    private static void send(Socket to, int bytes) {
        try {
            OutputStream out = to.getOutputStream();
            byte[] piece = new byte[Math.min(bytes, PIECE_BYTES)];
            for (int sent = 0; sent < bytes; sent += piece.length) {
                out.write(piece);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void receive(Socket from, int bytes) {
        try {
            InputStream in = from.getInputStream();
            byte[] piece = new byte[Math.min(bytes, PIECE_BYTES)];
            for (int left = bytes; left > 0; ) {
                int read = in.read(piece, 0, Math.min(left, piece.length));
                if (read < 0) {
                    throw new IOException("ended " + left + " bytes early");
                }
                left -= read;
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
