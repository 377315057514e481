package dev.outrigger.transport;

import dev.outrigger.record.HandshakeResult;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.Objects;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/**
 * Watches the handshake with an upstream behind the engine that makes it, and tells once what it came to. The engine itself
 * keeps the deadline. Stays for the end of the connection, which TLS announces in its own way.
 */
final class ClientHandshake extends ChannelInboundHandlerAdapter {
    /** Told once, unless the connection never stood. */
    interface Next {
        /**
         * Installs what comes behind TLS.
         *
         * @param wire what was agreed on
         * @param resumed whether an earlier session was taken up
         */
        void onSecured(ChannelPipeline pipeline, Wire wire, boolean resumed);

        void onFailed(HandshakeResult result, Throwable cause);
    }

    private final Dial.Offer offer;
    private final Next next;
    private final long beganEpochMillis;
    private boolean over;

    ClientHandshake(Dial.Offer offer, Next next, long beganEpochMillis) {
        this.offer = offer;
        this.next = next;
        this.beganEpochMillis = beganEpochMillis;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && !over) {
            over = true;
            if (handshake.isSuccess()) {
                onShaken(ctx);
            } else {
                next.onFailed(HandshakeFailures.classify(handshake.cause()), handshake.cause());
            }
        } else if (event instanceof SslCloseCompletionEvent close && close.isSuccess()) {
            onClose(ctx);
        }
        ctx.fireUserEventTriggered(event);
    }

    private void onShaken(ChannelHandlerContext ctx) {
        SslHandler engine = Objects.requireNonNull(ctx.pipeline().get(SslHandler.class));
        boolean http2 = ApplicationProtocolNames.HTTP_2.equals(engine.applicationProtocol());
        if (offer == Dial.Offer.HTTP2 && !http2) {
            next.onFailed(
                    HandshakeResult.PROTOCOL, new SSLHandshakeException("the upstream did not choose h2 by ALPN"));
            ctx.close();
            return;
        }
        boolean resumed = TlsFacts.isResumed(engine, beganEpochMillis);
        next.onSecured(ctx.pipeline(), http2 ? Wire.HTTP2 : Wire.HTTP1, resumed);
    }

    /** The upstream says that nothing follows: what the end of the stream is to a plain connection. */
    private static void onClose(ChannelHandlerContext ctx) {
        if (Boolean.TRUE.equals(ctx.channel().config().getOption(ChannelOption.ALLOW_HALF_CLOSURE))) {
            ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        } else {
            ctx.close();
        }
    }

    /** Failures of TLS are the network's to those behind: with TLS 1.3 a certificate is refused after the handshake. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Throwable real = cause instanceof DecoderException && cause.getCause() instanceof SSLException
                ? cause.getCause()
                : cause;
        if (ctx.pipeline().lastContext() == ctx) {
            ctx.close();
        } else {
            ctx.fireExceptionCaught(real);
        }
    }
}
