package dev.outrigger.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import org.jspecify.annotations.Nullable;

/**
 * Strict request decoder and response encoder. Netty's own pairing of the two keeps a queue of methods to know which answers
 * have no body; behind the turnstile there is only ever one request, so a flag does.
 */
final class Http1ServerCodec extends CombinedChannelDuplexHandler<Http1RequestDecoder, HttpResponseEncoder> {
    private final Http1RequestDecoder decoder;
    private @Nullable ChannelHandlerContext context;
    private boolean answersHead;

    Http1ServerCodec(HttpLimits limits, ReadSwitch reads) {
        decoder = new Http1RequestDecoder(limits, reads);
        init(decoder, new Encoder());
    }

    Http1RequestDecoder decoder() {
        return decoder;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
        super.handlerAdded(ctx);
    }

    /** The last request that has come was answered, and what follows it is HTTP, even if it had asked for something else. */
    void stayHttp() {
        ChannelHandlerContext ctx = context;
        if (!decoder.stayHttp() || ctx == null) {
            return;
        }
        try {
            // Not inside of the decoder's own reading, which ended where it held something back.
            channelRead(ctx, Unpooled.EMPTY_BUFFER);
            channelReadComplete(ctx);
        } catch (Exception e) {
            ctx.fireExceptionCaught(e);
        }
    }

    /** Whether the next answer is to a HEAD request and so has a head only. */
    void answersHead(boolean value) {
        answersHead = value;
    }

    private final class Encoder extends HttpResponseEncoder {
        @Override
        protected boolean isContentAlwaysEmpty(HttpResponse response) {
            return answersHead || super.isContentAlwaysEmpty(response);
        }
    }
}
