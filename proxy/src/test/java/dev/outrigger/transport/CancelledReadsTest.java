package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How loops of reads end on io_uring. */
class CancelledReadsTest {
    private static final int CANCELLED = -125;
    private static final byte SEND = 26;
    private static final IoRegistration REGISTRATION = (IoRegistration) Proxy.newProxyInstance(
            CancelledReadsTest.class.getClassLoader(), new Class<?>[] {IoRegistration.class}, (self, method, args) -> {
                throw new UnsupportedOperationException(method.getName());
            });

    private final List<String> told = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    /** Whether Netty considers the loop over after a completion with bytes. */
    private boolean over;

    private final CancelledReads reads = new CancelledReads(new Netty(), channel);

    CancelledReadsTest() {
        channel.pipeline().addLast(reads, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                told.add("read " + message);
            }

            @Override
            public void channelReadComplete(ChannelHandlerContext ctx) {
                told.add("complete");
            }
        });
    }

    private void complete(byte operation, int result) {
        reads.handle(REGISTRATION, new IoUringIoEvent(result, 0, operation, 0L));
    }

    @Test
    void aLoopThatTheCancellationLeavesOpenIsEndedByIt() {
        complete(CancelledReads.RECEIVE, 10);
        complete(CancelledReads.RECEIVE, 20);
        complete(CancelledReads.RECEIVE, CANCELLED);
        assertEquals(List.of("read 10", "read 20", "complete"), told);
    }

    @Test
    void aLoopThatIsOverIsNotEndedAgain() {
        over = true;
        complete(CancelledReads.RECEIVE, 10);
        complete(CancelledReads.RECEIVE, CANCELLED);
        complete(CancelledReads.RECEIVE, CANCELLED);
        assertEquals(List.of("read 10", "complete"), told);
    }

    @Test
    void anotherOperationThatFailsEndsNothing() {
        complete(CancelledReads.RECEIVE, 10);
        complete(SEND, CANCELLED);
        assertEquals(List.of("read 10"), told);
    }

    /** Passes a completion on as the transport does. */
    private final class Netty implements IoUringIoHandle {
        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            IoUringIoEvent completion = (IoUringIoEvent) event;
            if (completion.opcode() == CancelledReads.RECEIVE && completion.res() > 0) {
                channel.pipeline().fireChannelRead(completion.res());
                if (over) {
                    channel.pipeline().fireChannelReadComplete();
                }
            }
        }

        @Override
        public void close() {}
    }
}
