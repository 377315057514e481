package dev.outrigger.transport;

import dev.outrigger.http.ConnectionEnd;
import dev.outrigger.record.CloseReason;
import dev.outrigger.record.EntranceRecorder;
import dev.outrigger.record.ProxyHeaderResult;
import dev.outrigger.resilience.LoopTimers;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Takes the PROXY header off the beginning of a connection, version 1 or 2, and only then lets the rest of the pipeline be
 * built: the addresses that it tells are known to everything behind it.
 *
 * <p>Installed for trusted sources only, and there the header has to come: a source that may say who its clients are must not
 * be able to leave it to them. A header that is none, or comes too late, ends the connection without a word, as the protocol
 * asks for.
 */
final class ProxyProtocolReader extends ChannelInboundHandlerAdapter {
    /** Room for addresses and what clouds add (identifiers of endpoints, names of certificates); HAProxy's own is 500. */
    private static final int MAX_EXTENSION_BYTES = 2048;

    private final Runnable next;
    private final ConnectionEnd end;
    private final LoopTimers timers;
    private final long deadlineNanos;
    private final EntranceRecorder recorder;
    private final Deadline deadline = new Deadline();
    private @Nullable ChannelHandlerContext context;
    private boolean draining;
    private boolean failed;

    /**
     * @param next builds the rest of the pipeline
     * @param deadlineNanos when the header has to be whole
     */
    ProxyProtocolReader(
            Runnable next, ConnectionEnd end, LoopTimers timers, long deadlineNanos, EntranceRecorder recorder) {
        this.next = next;
        this.end = end;
        this.timers = timers;
        this.deadlineNanos = deadlineNanos;
        this.recorder = recorder;
    }

    /** What finds the header in the bytes; goes in front of this. */
    static HAProxyMessageDecoder decoder() {
        return new HAProxyMessageDecoder(MAX_EXTENSION_BYTES);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        timers.arm(deadline, deadlineNanos);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        timers.cancel(deadline);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof HAProxyMessage header)) {
            // Nothing but a header can come before it.
            ReferenceCountUtil.release(message);
            return;
        }
        boolean told;
        try {
            told = keep(ctx, header);
        } finally {
            header.release();
        }
        recorder.header(told ? ProxyHeaderResult.PROXIED : ProxyHeaderResult.LOCAL);
        next.run();
        if (draining) {
            ctx.fireUserEventTriggered(DrainEvent.DRAIN);
        }
        ctx.pipeline().remove(this);
    }

    /** @return whether it tells the addresses of a TCP connection */
    private static boolean keep(ChannelHandlerContext ctx, HAProxyMessage header) {
        HAProxyProxiedProtocol protocol = header.proxiedProtocol();
        boolean tcp = protocol == HAProxyProxiedProtocol.TCP4 || protocol == HAProxyProxiedProtocol.TCP6;
        if (header.command() != HAProxyCommand.PROXY || !tcp) {
            return false;
        }
        new ProxiedAddresses(
                        address(header.sourceAddress(), header.sourcePort()),
                        address(header.destinationAddress(), header.destinationPort()))
                .keepWith(ctx.channel());
        return true;
    }

    private static InetSocketAddress address(String literal, int port) {
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(literal)), port);
        } catch (UnknownHostException e) {
            throw new DecoderException("no address: " + literal, e);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        timers.cancel(deadline);
        ctx.fireChannelInactive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        draining |= event == DrainEvent.DRAIN;
        if (event == DrainEvent.DEADLINE) {
            end.because(CloseReason.DRAIN);
            ctx.close();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // The decoder complains again of what is left when the connection is gone.
        if (!failed && !(cause instanceof IOException)) {
            failed = true;
            recorder.header(ProxyHeaderResult.MALFORMED);
            end.because(CloseReason.PROXY_PROTOCOL);
        }
        ctx.close();
    }

    private final class Deadline extends LoopTimers.Timer {
        @Override
        protected void onDeadline(long nowNanos) {
            recorder.header(ProxyHeaderResult.TIMEOUT);
            end.because(CloseReason.PROXY_PROTOCOL);
            if (context != null) {
                context.close();
            }
        }
    }
}
