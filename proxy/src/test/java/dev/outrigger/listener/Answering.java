package dev.outrigger.listener;

import dev.outrigger.failure.Failure;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.DownstreamStream;
import dev.outrigger.http.RequestSink;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers each request with its own name and that of the listener that accepted it; one for {@code /hold} only when the time to
 * drain is over.
 */
final class Answering implements RequestSink.Factory {
    private final String name;
    private final AtomicInteger held = new AtomicInteger();

    Answering(String name) {
        this.name = name;
    }

    /** Requests for {@code /hold} so far. */
    int held() {
        return held.get();
    }

    @Override
    public RequestSink open(DownstreamStream stream, HttpRequest head, ClientInfo client) {
        boolean holds = head.uri().equals("/hold");
        if (holds) {
            held.incrementAndGet();
        }
        return new Request(stream, name + " " + client.listener(), holds);
    }

    private static final class Request implements RequestSink {
        private final DownstreamStream stream;
        private final String body;
        private final boolean holds;

        Request(DownstreamStream stream, String body, boolean holds) {
            this.stream = stream;
            this.body = body;
            this.holds = holds;
        }

        @Override
        public void onRequestContent(HttpContent content) {
            boolean last = content instanceof LastHttpContent;
            content.release();
            if (last && !holds) {
                answer();
            }
        }

        private void answer() {
            HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            head.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.getBytes(StandardCharsets.UTF_8).length);
            stream.writeHead(head);
            stream.writeContent(new DefaultLastHttpContent(ByteBufUtil.writeUtf8(stream.alloc(), body)));
            stream.flush();
        }

        @Override
        public void onRequestReadComplete() {}

        @Override
        public void onDownstreamWritabilityChanged() {}

        @Override
        public void onRequestBroken(Failure failure) {}

        @Override
        public void onDownstreamClosed() {}

        @Override
        public void onDrain() {}

        @Override
        public void onDrainDeadline() {
            answer();
        }
    }
}
