package dev.outrigger.admin;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpContentException;
import org.jspecify.annotations.Nullable;

/**
 * Gathers a request's body up to a bound. Netty's own answers 413 and 417 by itself, ahead of answers to earlier requests on
 * the same connection that are still being made; here they travel down as failed requests and are answered in their turn.
 */
final class OpsAggregator extends HttpObjectAggregator {
    OpsAggregator(int bodyBytes) {
        super(bodyBytes);
    }

    @Override
    protected @Nullable Object newContinueResponse(HttpMessage start, int maxContentLength, ChannelPipeline pipeline) {
        boolean welcome = HttpUtil.is100ContinueExpected(start) && !isContentLengthInvalid(start, maxContentLength);
        return welcome ? super.newContinueResponse(start, maxContentLength, pipeline) : null;
    }

    @Override
    protected boolean isContentLengthInvalid(HttpMessage start, int maxContentLength) {
        return start.decoderResult().isSuccess() && HttpUtil.getContentLength(start, 0L) > maxContentLength;
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
        FullHttpRequest failed = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
        failed.setDecoderResult(DecoderResult.failure(
                new TooLongHttpContentException("body too long, expected at most " + maxContentLength() + " bytes")));
        ctx.fireChannelRead(failed);
    }
}
