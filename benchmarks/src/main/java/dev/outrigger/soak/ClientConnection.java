package dev.outrigger.soak;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A client's connection to the sidecar: one request at a time, whose answer is gathered as text. Loop only. */
final class ClientConnection extends SimpleChannelInboundHandler<HttpObject> {
    private static final int KEPT_CHARS = 4096;

    private final SoakClient client;
    private @Nullable ChannelHandlerContext context;
    private StringBuilder body = new StringBuilder();

    ClientConnection(SoakClient client) {
        this.client = client;
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        context = active;
        client.onConnected(this);
    }

    void send(ByteBuf request) {
        ChannelHandlerContext to = context;
        if (to == null) {
            throw new IllegalStateException("not connected");
        }
        to.writeAndFlush(request, to.voidPromise());
    }

    void close() {
        ChannelHandlerContext to = context;
        if (to != null) {
            to.close();
        }
    }

    /** What has come of the answer's body. */
    CharSequence body() {
        return body;
    }

    /** Streams without an end are not gathered. */
    void forget() {
        body.setLength(0);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext from, HttpObject message) {
        if (message.decoderResult().isFailure()) {
            client.onUnreadable();
            from.close();
            return;
        }
        if (message instanceof HttpResponse response) {
            body = body.capacity() > KEPT_CHARS ? new StringBuilder() : body;
            body.setLength(0);
            client.onHead(
                    response.status().code(),
                    response.headers().get("Mcp-Session-Id"),
                    response.headers().contains("Age"));
        }
        if (message instanceof HttpContent content && content.content().isReadable()) {
            body.append(content.content().toString(StandardCharsets.ISO_8859_1));
            client.onPart();
        }
        if (message instanceof LastHttpContent) {
            client.onEnd();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext gone) {
        client.onClosed(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
        from.close();
    }
}
