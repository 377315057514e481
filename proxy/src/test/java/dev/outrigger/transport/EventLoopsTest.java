package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.outrigger.config.model.RuntimeConfig.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventLoopsTest {
    private static final int MUCH = 32 * 1024 * 1024;
    private static final long DEADLINE_S = 20;

    /** Connections whose peer has ended its side. */
    private final BlockingQueue<Channel> ended = new LinkedBlockingQueue<>();

    @ChannelHandler.Sharable
    private final class Taker extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.read();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                ended.add(ctx.channel());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"IO_URING", "EPOLL", "NIO"})
    void aConnectionWhosePeerHasEndedItsSideStillTakesMoreThanTheKernelDoes(Transport transport) throws Exception {
        EventLoops loops = EventLoops.probe(transport);
        EventLoopGroup group = loops.open(1, "test-loop");
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(loops.serverChannel())
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new Taker());
        loops.tune(bootstrap);
        Channel server =
                bootstrap.bind(InetAddress.getLoopbackAddress(), 0).sync().channel();
        try (Socket client = new Socket()) {
            client.connect(server.localAddress());
            client.shutdownOutput();
            Channel accepted = ended.poll(DEADLINE_S, TimeUnit.SECONDS);
            assertNotNull(accepted, "the end was not seen");
            accepted.eventLoop()
                    .submit(() -> accepted.writeAndFlush(Unpooled.wrappedBuffer(new byte[MUCH]))
                            .addListener(written -> accepted.close()))
                    .sync();
            assertEquals(MUCH, client.getInputStream().transferTo(OutputStream.nullOutputStream()));
        } finally {
            server.close().sync();
            group.shutdownGracefully(0, DEADLINE_S, TimeUnit.SECONDS).sync();
        }
    }

    @Test
    void aTransportIsKnownByItsName() {
        assertEquals("epoll", EventLoops.probe(Transport.EPOLL).name());
        assertEquals("nio", EventLoops.probe(Transport.NIO).name());
    }
}
