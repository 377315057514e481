package dev.outrigger.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 towards an upstream, one request at a time, with an eye on what nobody asked for.
 *
 * <p>Netty's own client codec keeps bytes behind an answer until it can make a head of them. By then another request may be
 * under way, perhaps another client's, which would never be answered, or with what an upstream has put there for it. Here such
 * bytes are dropped, and the connection hears of them before it hears of the end of the answer.
 */
final class Http1ClientCodec extends CombinedChannelDuplexHandler<HttpResponseDecoder, HttpRequestEncoder> {
    /** What the connection is told. */
    enum Event {
        /** The upstream has sent what belongs to no answer. */
        UNASKED
    }

    private @Nullable HttpMethod asked;
    /** Whether the connection may be leaving HTTP: then what follows is for others to judge. */
    private boolean switching;

    Http1ClientCodec(HttpDecoderConfig config) {
        init(new Answers(config), new Requests());
    }

    private final class Requests extends HttpRequestEncoder {
        @Override
        protected void encode(ChannelHandlerContext ctx, Object message, List<Object> out) throws Exception {
            if (message instanceof HttpRequest request) {
                asked = request.method();
            }
            super.encode(ctx, message, out);
        }
    }

    private final class Answers extends HttpResponseDecoder {
        private boolean isInterim;

        Answers(HttpDecoderConfig config) {
            super(config);
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
            if (asked == null && !switching) {
                drop(ctx, in);
                return;
            }
            int before = out.size();
            super.decode(ctx, in, out);
            boolean ended = out.size() > before && out.get(out.size() - 1) instanceof LastHttpContent;
            if (ended && !isInterim && !switching) {
                asked = null;
                drop(ctx, in);
            }
        }

        private void drop(ChannelHandlerContext ctx, ByteBuf in) {
            if (in.isReadable()) {
                in.skipBytes(in.readableBytes());
                ctx.fireUserEventTriggered(Event.UNASKED);
            }
        }

        @Override
        protected boolean isContentAlwaysEmpty(HttpMessage message) {
            int status = ((HttpResponse) message).status().code();
            boolean connected = HttpMethod.CONNECT.equals(asked) && status == 200;
            switching = status == 101 || connected;
            isInterim = HttpStatusClass.valueOf(status) == HttpStatusClass.INFORMATIONAL;
            return connected || HttpMethod.HEAD.equals(asked) || super.isContentAlwaysEmpty(message);
        }
    }
}
