package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.ConnectionEnd;
import dev.outrigger.record.LoopMetrics;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.resilience.ManualTicks;
import dev.outrigger.time.ManualClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;

/**
 * Any bytes as the beginning of a connection from a trusted proxy: what is made of them does not depend on how they arrive, and
 * is either the client that the header tells, with every byte behind it, or the end of the connection.
 */
class ProxyProtocolFuzzTest {
    private static final int LIMIT_BYTES = 4096;

    @FuzzTest
    void readsTheSameHoweverItArrives(byte[] bytes) {
        if (bytes == null || bytes.length == 0 || bytes.length > LIMIT_BYTES) {
            return;
        }
        assertEquals(read(bytes, bytes.length), read(bytes, 1), "one byte at a time");
    }

    private static String read(byte[] bytes, int pieceBytes) {
        EmbeddedChannel channel = new EmbeddedChannel();
        Behind behind = new Behind();
        try {
            ManualClock clock = new ManualClock();
            LoopMetrics metrics = new LoopMetrics();
            ProxyProtocolReader reader = new ProxyProtocolReader(
                    () -> channel.pipeline().addLast(behind),
                    ConnectionEnd.of(channel, metrics.listener("inbound")),
                    new LoopTimers(clock, new ManualTicks(clock)),
                    Long.MAX_VALUE,
                    metrics.entrance("inbound"));
            channel.pipeline().addLast(ProxyProtocolReader.decoder(), reader);
            for (int at = 0; at < bytes.length && channel.isOpen(); at += pieceBytes) {
                channel.writeInbound(Unpooled.copiedBuffer(bytes, at, Math.min(pieceBytes, bytes.length - at)));
            }
            if (!channel.isOpen()) {
                return "closed";
            }
            return behind.added ? behind.client + " " + behind.text : "not whole";
        } finally {
            channel.finishAndReleaseAll();
        }
    }

    /** What the rest of the pipeline would see. */
    private static final class Behind extends ChannelInboundHandlerAdapter {
        private final StringBuilder text = new StringBuilder();
        private boolean added;
        private String client = "";

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            added = true;
            ClientInfo told = ProxiedAddresses.clientOf("inbound", ctx.channel(), false);
            client = told.address() + ' ' + told.port() + ' ' + told.localAddress() + ' ' + told.localPort();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            text.append(bytes.toString(StandardCharsets.ISO_8859_1));
            bytes.release();
        }
    }
}
