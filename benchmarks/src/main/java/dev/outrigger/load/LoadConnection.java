package dev.outrigger.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;

/** One keep-alive connection with at most one request under way. Loop only. */
final class LoadConnection extends SimpleChannelInboundHandler<HttpObject> {
    private final LoadRun run;
    private final Channel channel;
    private final ByteBuf request;

    private boolean isBusy;
    private boolean isSuccess;
    private boolean isMeasured;
    private long dueNanos;

    /** @param request the bytes of one request; this connection writes duplicates of it */
    LoadConnection(LoadRun run, Channel channel, ByteBuf request) {
        this.run = run;
        this.channel = channel;
        this.request = request;
    }

    /** @param dueNanos when the request should have been sent, which is where its latency begins */
    void send(long dueNanos, boolean isMeasured) {
        this.dueNanos = dueNanos;
        this.isMeasured = isMeasured;
        isBusy = true;
        isSuccess = false;
        channel.writeAndFlush(request.retainedDuplicate(), channel.voidPromise());
    }

    void close() {
        channel.close();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
        if (message.decoderResult().isFailure()) {
            context.close();
            return;
        }
        if (message instanceof HttpResponse response) {
            isSuccess = response.status().codeClass() == HttpStatusClass.SUCCESS;
        }
        if (message instanceof LastHttpContent && isBusy) {
            isBusy = false;
            run.onAnswer(this, dueNanos, isMeasured, isSuccess);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        run.onClosed(this, isBusy);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
