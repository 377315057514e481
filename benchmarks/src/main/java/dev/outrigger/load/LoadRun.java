package dev.outrigger.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One run of the load on one event loop.
 *
 * <p>In an open loop request {@code i} is due at {@code start + i / rate}, whatever became of those before it. When no
 * connection is free, requests wait, and the wait is part of their latency: a server that stalls is charged for every
 * request that should have been sent meanwhile (no coordinated omission), and so is this driver for its own delays. What was
 * due is sent even after the end; what has no answer when the drain is over counts as timed out.
 */
final class LoadRun {
    private final EventLoop loop;
    private final Class<? extends SocketChannel> channelType;
    private final LoadSettings settings;
    private final LoadResult result;
    private final ByteBuf request;
    private final ArrayDeque<LoadConnection> free = new ArrayDeque<>();
    private final CompletableFuture<LoadResult> finished = new CompletableFuture<>();

    private int connecting;
    private int underWay;
    private boolean hasStarted;
    private boolean isTimerArmed;
    private long startNanos;
    private long measuredFromNanos;
    private long endNanos;
    private long sent;

    LoadRun(EventLoop loop, Class<? extends SocketChannel> channelType, LoadSettings settings) {
        this.loop = loop;
        this.channelType = channelType;
        this.settings = settings;
        this.result = new LoadResult(settings.measuredNanos());
        this.request = Unpooled.unreleasableBuffer(
                Unpooled.directBuffer(settings.request().length).writeBytes(settings.request()));
    }

    /** Callable from any thread. The result comes when every request has its answer or the drain is over. */
    CompletableFuture<LoadResult> run() {
        loop.execute(() -> {
            for (int i = 0; i < settings.connections(); i++) {
                connect();
            }
        });
        return finished;
    }

    private void connect() {
        connecting++;
        new Bootstrap()
                .group(loop)
                .channel(channelType)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new HttpResponseDecoder());
                    }
                })
                .connect(settings.target())
                .addListener(future -> onConnected((ChannelFuture) future));
    }

    private void onConnected(ChannelFuture future) {
        connecting--;
        if (future.isSuccess()) {
            LoadConnection connection = new LoadConnection(this, future.channel(), request);
            future.channel().pipeline().addLast(connection);
            free.add(connection);
        } else {
            result.onConnectError();
        }
        if (!hasStarted && connecting == 0) {
            start();
        } else if (hasStarted) {
            sendDue();
        }
    }

    private void start() {
        hasStarted = true;
        startNanos = System.nanoTime();
        measuredFromNanos = startNanos + settings.warmUpNanos();
        endNanos = measuredFromNanos + settings.measuredNanos();
        loop.schedule(this::onDeadline, endNanos + settings.drainNanos() - startNanos, TimeUnit.NANOSECONDS);
        if (free.isEmpty()) {
            finish();
        }
        sendDue();
    }

    void onAnswer(LoadConnection connection, long dueNanos, boolean isMeasured, boolean isSuccess) {
        underWay--;
        result.onAnswer(System.nanoTime() - dueNanos, isMeasured, isSuccess);
        free.add(connection);
        sendDue();
    }

    /** A connection that the other side closed is replaced; the request on it, if any, is lost. */
    void onClosed(LoadConnection connection, boolean wasBusy) {
        free.remove(connection);
        if (finished.isDone()) {
            return;
        }
        if (wasBusy) {
            underWay--;
            result.onReadError();
        }
        connect();
    }

    private void sendDue() {
        long nowNanos = System.nanoTime();
        while (!free.isEmpty()) {
            long dueNanos = dueNanos(nowNanos);
            if (dueNanos - endNanos >= 0) {
                finishWhenQuiet();
                return;
            }
            if (dueNanos - nowNanos > 0) {
                armTimer(dueNanos - nowNanos);
                return;
            }
            sent++;
            underWay++;
            free.remove().send(dueNanos, dueNanos - measuredFromNanos >= 0);
        }
    }

    private long dueNanos(long nowNanos) {
        return settings.isOpenLoop() ? startNanos + (long) (sent * 1e9 / settings.ratePerSecond()) : nowNanos;
    }

    private void armTimer(long delayNanos) {
        if (isTimerArmed) {
            return;
        }
        isTimerArmed = true;
        loop.schedule(this::onTimer, delayNanos, TimeUnit.NANOSECONDS);
    }

    private void onTimer() {
        isTimerArmed = false;
        sendDue();
    }

    private void finishWhenQuiet() {
        if (underWay == 0) {
            finish();
        }
    }

    private void onDeadline() {
        if (finished.isDone()) {
            return;
        }
        long neverSent = 0;
        if (settings.isOpenLoop()) {
            neverSent = Math.max(0, (long) ((endNanos - startNanos) * settings.ratePerSecond() / 1e9) - sent);
        }
        result.onDeadline(underWay + neverSent);
        finish();
    }

    private void finish() {
        if (finished.complete(result)) {
            free.forEach(LoadConnection::close);
        }
    }
}
