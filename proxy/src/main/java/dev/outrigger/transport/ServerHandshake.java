package dev.outrigger.transport;

import dev.outrigger.config.model.ServerTlsConfig.ForwardedClientCert;
import dev.outrigger.http.ConnectionEnd;
import dev.outrigger.http.TlsSession;
import dev.outrigger.record.CloseReason;
import dev.outrigger.record.HandshakeResult;
import dev.outrigger.record.TlsCounts;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.time.NanoClock;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Watches the handshake with a client behind the engine that makes it: the deadline from the accept to its end, what it comes
 * to, and what is installed then. Stays for the end of the connection, which TLS announces in its own way.
 *
 * <p>Nothing for HTTP is in the pipeline before the handshake is over: whoever sends garbage pays for garbage only.
 */
final class ServerHandshake extends ChannelInboundHandlerAdapter {
    /** Installs what comes behind TLS. */
    interface Next {
        /** @param protocol that was agreed on by ALPN; null if none was */
        void onSecured(ChannelPipeline pipeline, @Nullable String protocol);
    }

    private static final AttributeKey<TlsSession> SESSION = AttributeKey.valueOf(ServerHandshake.class, "session");

    private static final byte[] PLAIN_REFUSAL = """
            HTTP/1.1 400 Bad Request\r
            content-type: text/plain; charset=utf-8\r
            content-length: 43\r
            connection: close\r
            \r
            This port speaks HTTPS, the request is HTTP""".getBytes(StandardCharsets.US_ASCII);

    /** How long a client that is told that it is wrong here has to read that. */
    private static final long LINGER_NANOS = 1_000_000_000L;

    private final ServerTls tls;
    private final TlsCounts counts;
    private final ConnectionEnd end;
    private final LoopTimers timers;
    private final NanoClock clock;
    private final BiConsumer<String, Throwable> defects;
    private final Next next;
    private final Deadline deadline = new Deadline();

    private @Nullable ChannelHandlerContext context;
    private @Nullable String serverName;
    private long beganEpochMillis;
    private boolean begun;
    private boolean over;
    private boolean draining;

    /**
     * @param counts of the listener on this loop
     * @param defects told of exceptions that are not the network's (where, what)
     */
    ServerHandshake(
            ServerTls tls,
            TlsCounts counts,
            ConnectionEnd end,
            LoopTimers timers,
            NanoClock clock,
            BiConsumer<String, Throwable> defects,
            Next next) {
        this.tls = tls;
        this.counts = counts;
        this.end = end;
        this.timers = timers;
        this.clock = clock;
        this.defects = defects;
        this.next = next;
    }

    /** What the handshake of a connection came to; null if there was none. */
    static @Nullable TlsSession sessionOf(Channel channel) {
        return channel.hasAttr(SESSION) ? channel.attr(SESSION).get() : null;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        beganEpochMillis = tls.wallClock().millis();
        timers.arm(deadline, clock.nanoTime() + tls.config().handshakeTimeout().toNanos());
    }

    /** The client has sent something: what it is about is no mere look whether the port is there. */
    void onBytes() {
        begun = true;
    }

    /** Whether it has ended, one way or another. */
    boolean isOver() {
        return over;
    }

    /** @param ctx in front of which there is no TLS */
    void refusePlain(ChannelHandlerContext ctx) {
        end(HandshakeResult.PLAIN_HTTP);
        timers.arm(deadline, clock.nanoTime() + LINGER_NANOS);
        ctx.writeAndFlush(Unpooled.wrappedBuffer(PLAIN_REFUSAL)).addListener(written -> {
            if (written.isSuccess() && ctx.channel() instanceof DuplexChannel duplex) {
                // Closing with unread bytes in the kernel would reset the connection, and the answer with it.
                duplex.shutdownOutput();
            } else {
                ctx.close();
            }
        });
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SniCompletionEvent hello) {
            serverName = hello.hostname();
        } else if (event instanceof SslHandshakeCompletionEvent handshake) {
            onHandshake(ctx, handshake);
        } else if (event instanceof SslCloseCompletionEvent close) {
            onClose(ctx, close);
        } else if (!over && event instanceof DrainEvent) {
            // A client in the middle of it has a request to come; it is told with its first answer.
            draining = true;
            if (event == DrainEvent.DEADLINE) {
                ctx.close();
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    private void onHandshake(ChannelHandlerContext ctx, SslHandshakeCompletionEvent event) {
        if (over) {
            return;
        }
        SslHandler engine = ctx.pipeline().get(SslHandler.class);
        if (!event.isSuccess() || engine == null) {
            end(HandshakeFailures.classify(event.cause()));
            return;
        }
        end(HandshakeResult.OK);
        if (TlsFacts.isResumed(engine, beganEpochMillis)) {
            counts.addResumed();
        }
        TlsSession session = TlsSession.of(
                engine.engine().getSession().getProtocol(),
                serverName,
                TlsFacts.certificate(engine.engine()),
                tls.config().forwardedClientCert() == ForwardedClientCert.KEEP);
        ctx.channel().attr(SESSION).set(session);
        next.onSecured(ctx.pipeline(), engine.applicationProtocol());
        if (draining) {
            ctx.fireUserEventTriggered(DrainEvent.DRAIN);
        }
    }

    /** The client says that nothing follows: what the end of the stream is to a plain connection. */
    private static void onClose(ChannelHandlerContext ctx, SslCloseCompletionEvent event) {
        if (!event.isSuccess()) {
            return;
        }
        if (Boolean.TRUE.equals(ctx.channel().config().getOption(ChannelOption.ALLOW_HALF_CLOSURE))) {
            ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        } else {
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        timers.cancel(deadline);
        if (begun) {
            end(HandshakeResult.CLOSED);
        }
        ctx.fireChannelInactive();
    }

    /** What TLS makes of a peer's bytes is the peer's fault, and reported with the handshake. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Throwable real = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        if (isInstalled(ctx)) {
            ctx.fireExceptionCaught(real instanceof SSLException ? real : cause);
            return;
        }
        end(HandshakeFailures.classify(real));
        if (!(real instanceof IOException) && !(real instanceof DecoderException)) {
            defects.accept("client connection", real);
        }
        ctx.close();
    }

    private boolean isInstalled(ChannelHandlerContext ctx) {
        return over && ctx.pipeline().lastContext() != ctx;
    }

    /** Exactly once. */
    private void end(HandshakeResult result) {
        if (!over) {
            over = true;
            timers.cancel(deadline);
            counts.add(result);
            if (result != HandshakeResult.OK) {
                end.because(CloseReason.TLS);
            }
        }
    }

    private final class Deadline extends LoopTimers.Timer {
        @Override
        protected void onDeadline(long nowNanos) {
            end(HandshakeResult.TIMEOUT);
            ChannelHandlerContext ctx = context;
            if (ctx != null) {
                ctx.close();
            }
        }
    }
}
