package dev.outrigger.transport;

import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;

/**
 * Strict request decoder and response encoder. Netty's own pairing of the two keeps a queue of methods to know which answers
 * have no body; behind the turnstile there is only ever one request, so a flag does.
 */
final class Http1ServerCodec extends CombinedChannelDuplexHandler<Http1RequestDecoder, HttpResponseEncoder> {
    private boolean answersHead;

    Http1ServerCodec(HttpLimits limits) {
        init(new Http1RequestDecoder(limits), new Encoder());
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
