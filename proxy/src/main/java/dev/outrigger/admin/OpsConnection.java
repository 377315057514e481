package dev.outrigger.admin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client of an operations port: takes one request at a time, asks the guards and the table of routes, and answers.
 *
 * <p>The channel reads only when it is told to, and a flow control handler before this one hands over a single request per
 * read. Pipelined requests therefore wait, and answers that complete on other threads cannot overtake each other.
 *
 * <p>Confined to the operations loop.
 */
final class OpsConnection extends ChannelInboundHandlerAdapter {
    private static final System.Logger LOG = System.getLogger(OpsConnection.class.getName());

    private final OpsServer.Settings settings;
    private final OpsConnections connections;
    private final Channel channel;
    private State state = State.NEW;
    private boolean inputEnded;
    private @Nullable Future<?> deadline;

    OpsConnection(OpsServer.Settings settings, OpsConnections connections, Channel channel) {
        this.settings = settings;
        this.connections = connections;
        this.channel = channel;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (!connections.admit(this)) {
            close();
            return;
        }
        moveTo(State.WAITING);
        ctx.read();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        moveTo(State.CLOSED);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        FullHttpRequest request = (FullHttpRequest) message;
        try {
            // What follows the last answer is thrown away.
            if (state == State.WAITING) {
                moveTo(State.ANSWERING);
                answer(ctx, request);
            }
        } finally {
            request.release();
        }
    }

    /** What arrived was part of a request: a read is satisfied by bytes, so the rest must be asked for. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (state == State.WAITING) {
            ctx.read();
        }
    }

    private void answer(ChannelHandlerContext ctx, FullHttpRequest request) {
        HttpVersion version = request.protocolVersion();
        OpsReply malformed = HeadRules.check(request);
        if (malformed != null) {
            write(ctx, malformed, version, false);
            return;
        }
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        OpsRequest parsed;
        try {
            parsed = OpsRequest.of(request).withAskedAt(channel.localAddress());
        } catch (IllegalArgumentException e) {
            write(ctx, HeadRules.malformed("request target, expected valid percent escapes"), version, false);
            return;
        }
        // Always through the loop's queue: a chain of pipelined requests must not become a chain of stack frames.
        decide(parsed)
                .whenCompleteAsync(
                        (reply, failure) -> {
                            OpsReply sent = reply;
                            if (failure != null) {
                                LOG.log(Level.ERROR, settings.name() + " endpoint failed", failure);
                                sent = OpsReply.error(500, "internal error, see the log");
                            }
                            write(ctx, sent, version, keepAlive);
                        },
                        ctx.executor());
    }

    private CompletionStage<OpsReply> decide(OpsRequest request) {
        try {
            for (OpsGuard guard : settings.guards()) {
                OpsReply refusal = guard.refuse(request);
                if (refusal != null) {
                    return CompletableFuture.completedFuture(refusal);
                }
            }
            return settings.routes().dispatch(request);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void write(ChannelHandlerContext ctx, OpsReply reply, HttpVersion version, boolean wantsKeepAlive) {
        if (state != State.ANSWERING) {
            return;
        }
        boolean keepAlive = wantsKeepAlive && !connections.isDraining();
        FullHttpResponse response = reply.toHttp();
        HttpUtil.setKeepAlive(response.headers(), version, keepAlive);
        ChannelFuture written = ctx.writeAndFlush(response);
        written.addListener(done -> {
            if (!done.isSuccess()) {
                close();
            } else if (keepAlive) {
                next(ctx);
            } else {
                moveTo(State.LEAVING);
                LingeringClose.begin(channel, inputEnded);
            }
        });
    }

    private void next(ChannelHandlerContext ctx) {
        if (state != State.ANSWERING) {
            return;
        }
        moveTo(State.WAITING);
        ctx.read();
        if ((inputEnded || connections.isDraining()) && state == State.WAITING) {
            close();
        }
    }

    /** The client sends no more, but may well wait for the answer to what it sent. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            inputEnded = true;
            if (state == State.WAITING) {
                close();
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException) && !(cause instanceof CodecException)) {
            LOG.log(Level.ERROR, settings.name() + " connection failed", cause);
        }
        close();
    }

    /** Nobody can do anything about a close that fails. */
    @SuppressWarnings("FutureReturnValueIgnored")
    void close() {
        channel.close();
    }

    private void moveTo(State next) {
        if (state == State.CLOSED || state == next) {
            return;
        }
        state = next;
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
        switch (next) {
            case WAITING -> {
                connections.waits(this);
                armDeadline();
            }
            case ANSWERING -> {
                connections.answers(this);
                armDeadline();
            }
            case CLOSED -> connections.gone(this);
            case NEW, LEAVING -> {}
        }
    }

    private void armDeadline() {
        deadline = channel.eventLoop()
                .schedule(this::close, settings.limits().idleTimeout().toNanos(), TimeUnit.NANOSECONDS);
    }

    private enum State {
        NEW,
        /** For the next complete request. */
        WAITING,
        /** From a complete request until its answer is written. */
        ANSWERING,
        /** The last answer is written. */
        LEAVING,
        CLOSED
    }
}
