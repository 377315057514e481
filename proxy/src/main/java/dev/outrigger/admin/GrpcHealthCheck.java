package dev.outrigger.admin;

import dev.outrigger.admin.AppClient.Answer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrame;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/**
 * One call of {@code grpc.health.v1.Health/Check} over HTTP/2 without TLS, as the kubelet makes it. The two messages have one
 * field each, so they are written and read here rather than by a library.
 *
 * <p>Belongs to the operations loop.
 */
final class GrpcHealthCheck extends SimpleChannelInboundHandler<Http2StreamFrame> {
    /** Of the protocol's {@code ServingStatus}. */
    private static final byte[] SERVING = {0x08, 0x01};
    /** A byte for compression, four for the length. */
    private static final int PREFIX_BYTES = 5;

    private static final int LONGEST_NAME = 127;
    private static final byte FIRST_FIELD_TEXT = 0x0a;

    private final CompletableFuture<Answer> answer;
    private final ByteBuf message = Unpooled.buffer();

    private GrpcHealthCheck(CompletableFuture<Answer> answer) {
        this.answer = answer;
    }

    /** @param url its path, without the slash, is the service that is asked about */
    static void begin(Channel channel, URI url, CompletableFuture<Answer> answer) {
        String path = url.getPath();
        byte[] service = (path.isEmpty() ? path : path.substring(1)).getBytes(StandardCharsets.UTF_8);
        if (service.length > LONGEST_NAME) {
            answer.completeExceptionally(new IOException("the name of the service is too long"));
            return;
        }
        channel.pipeline()
                .addLast(Http2FrameCodecBuilder.forClient().build())
                .addLast(new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
        GrpcHealthCheck check = new GrpcHealthCheck(answer);
        new Http2StreamChannelBootstrap(channel).handler(check).open().addListener(done -> {
            if (done.isSuccess()) {
                send((Http2StreamChannel) done.getNow(), url, service);
            } else {
                answer.completeExceptionally(new IOException("no stream", done.cause()));
            }
        });
    }

    private static void send(Http2StreamChannel stream, URI url, byte[] service) {
        Http2Headers headers = new DefaultHttp2Headers()
                .method("POST")
                .scheme("http")
                .authority(url.getRawAuthority())
                .path("/grpc.health.v1.Health/Check")
                .add("content-type", "application/grpc")
                .add("te", "trailers");
        ByteBuf body = Unpooled.buffer();
        int length = service.length == 0 ? 0 : service.length + 2;
        body.writeByte(0).writeInt(length);
        if (length > 0) {
            body.writeByte(FIRST_FIELD_TEXT).writeByte(service.length).writeBytes(service);
        }
        stream.write(new DefaultHttp2HeadersFrame(headers));
        stream.writeAndFlush(new DefaultHttp2DataFrame(body, true));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Http2StreamFrame frame) {
        if (frame instanceof Http2DataFrame data) {
            if (message.readableBytes() + data.content().readableBytes() <= LONGEST_NAME) {
                message.writeBytes(data.content());
            }
            if (data.isEndStream()) {
                finish("none");
            }
        } else if (frame instanceof Http2HeadersFrame headers && headers.isEndStream()) {
            CharSequence status = headers.headers().get("grpc-status");
            finish(status == null ? "none" : status.toString());
        }
    }

    private void finish(String grpcStatus) {
        boolean serves = grpcStatus.equals("0")
                && message.readableBytes() == PREFIX_BYTES + SERVING.length
                && message.getByte(PREFIX_BYTES) == SERVING[0]
                && message.getByte(PREFIX_BYTES + 1) == SERVING[1];
        String said = serves ? "serving" : "not serving, grpc-status " + grpcStatus;
        answer.complete(new Answer(serves ? 200 : 503, "", said.getBytes(StandardCharsets.US_ASCII)));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        answer.completeExceptionally(new IOException("the stream ended without an answer"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        answer.completeExceptionally(new IOException("no answer", cause));
    }
}
