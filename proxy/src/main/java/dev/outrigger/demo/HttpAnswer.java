package dev.outrigger.demo;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;

/** One HTTP response: JSON in one piece, or a stream of server-sent events, each flushed as it comes. */
final class HttpAnswer extends Answer {
    private static final String JSON = "application/json";

    private final ChannelHandlerContext ctx;
    private final Request request;
    private final HttpHeaders headers = new DefaultHttpHeaders();
    private boolean streaming;

    HttpAnswer(ChannelHandlerContext ctx, Request request) {
        this.ctx = ctx;
        this.request = request;
    }

    /** Adds a header to the response, whichever it will be. */
    HttpAnswer header(CharSequence name, String value) {
        headers.set(name, value);
        return this;
    }

    @Override
    void complete(Payload response) {
        if (streaming) {
            send(response);
            cancel();
        } else {
            json(HttpResponseStatus.OK, response);
        }
    }

    @Override
    void fail(Payload response) {
        if (streaming) {
            complete(response);
        } else {
            json(HttpResponseStatus.INTERNAL_SERVER_ERROR, response);
        }
    }

    /** Ends the stream; where none began, an empty one stands for "no response". */
    @Override
    void cancel() {
        if (isEnded()) {
            return;
        }
        if (!streaming) {
            writeStreamHead();
        }
        finish(ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT));
    }

    /** The head is flushed at once: who waits for the first event must know that the stream is there. */
    @Override
    void openStream() {
        if (!isEnded() && !streaming && request.acceptsEvents()) {
            writeStreamHead();
            ctx.flush();
        }
    }

    @Override
    void send(Payload message) {
        if (streaming && !isEnded()) {
            ByteBuf event = message.toBuffer(ctx.alloc(), "event: message\ndata: ", "\n\n");
            ctx.writeAndFlush(new DefaultHttpContent(event)).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }
    }

    void json(HttpResponseStatus status, Payload body) {
        if (!isEnded()) {
            whole(status, JSON, body.toBuffer(ctx.alloc(), "", ""));
        }
    }

    void text(HttpResponseStatus status, String message) {
        whole(status, "text/plain; charset=utf-8", ByteBufUtil.writeUtf8(ctx.alloc(), message + '\n'));
    }

    /** 202: a notification or a response arrived. */
    void accepted() {
        whole(HttpResponseStatus.ACCEPTED, "", Unpooled.EMPTY_BUFFER);
    }

    void noContent() {
        whole(HttpResponseStatus.NO_CONTENT, "", Unpooled.EMPTY_BUFFER);
    }

    private void whole(HttpResponseStatus status, String type, ByteBuf body) {
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        response.headers().add(headers);
        if (!type.isEmpty()) {
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
        }
        if (!status.equals(HttpResponseStatus.NO_CONTENT)) {
            HttpUtil.setContentLength(response, body.readableBytes());
        }
        HttpUtil.setKeepAlive(response, request.isKeepAlive());
        finish(ctx.writeAndFlush(response));
    }

    private void writeStreamHead() {
        streaming = true;
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().add(headers);
        head.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream");
        head.headers().set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_CACHE);
        head.headers().set("X-Accel-Buffering", "no");
        HttpUtil.setTransferEncodingChunked(head, request.isChunkable());
        HttpUtil.setKeepAlive(head, isReusable());
        ctx.write(head).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }

    private void finish(ChannelFuture lastWrite) {
        if (!isReusable()) {
            lastWrite.addListener(ChannelFutureListener.CLOSE);
        }
        end();
    }

    /** A stream that is not chunked ends with its connection. */
    private boolean isReusable() {
        return request.isKeepAlive() && (request.isChunkable() || !streaming);
    }
}
