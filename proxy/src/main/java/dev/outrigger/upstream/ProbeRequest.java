package dev.outrigger.upstream;

import dev.outrigger.failure.Failure;
import dev.outrigger.http.ResponseSink;
import dev.outrigger.http.UpstreamStream;
import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.McpScanner;
import dev.outrigger.mcp.McpScanners;
import dev.outrigger.mcp.SseScanner;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * One request of a check and its answer, over a connection like those that requests go by: what is checked then is what they
 * will meet, TLS and HTTP/2 included. Of the answer no more is read than says how it went.
 *
 * <p>Belongs to the check's loop.
 */
final class ProbeRequest implements EndpointPool.Waiter, ResponseSink, SseScanner.Sink {
    /** Of an answer; what says in more than that whether it is fine is not. */
    private static final int LIMIT_BYTES = 256 * 1024;

    /** Told of one of them, once. */
    interface Listener {
        /**
         * @param head of the answer
         * @param result whether its body is, or an event of it was, a JSON-RPC result
         */
        void onAnswer(HttpResponse head, boolean result);

        void onFailed(Failure failure);
    }

    private final EndpointPool pool;
    private final HttpRequest request;
    private final byte[] body;
    private final McpScanners scanners;
    private final Listener listener;
    private @Nullable UpstreamStream stream;
    private @Nullable HttpResponse head;
    private @Nullable SseScanner events;
    private @Nullable McpScanner message;
    private int readBytes;
    private boolean over;

    ProbeRequest(EndpointPool pool, HttpRequest request, byte[] body, McpScanners scanners, Listener listener) {
        this.pool = pool;
        this.request = request;
        this.body = body;
        this.scanners = scanners;
        this.listener = listener;
    }

    void send(long nowNanos) {
        pool.acquire(this, nowNanos);
    }

    boolean isSent() {
        return stream != null;
    }

    boolean isOver() {
        return over;
    }

    /** Nobody is told any more. */
    void cancel() {
        if (over) {
            return;
        }
        end();
        UpstreamStream current = stream;
        if (current == null) {
            pool.cancel(this);
        } else {
            current.cancel();
        }
    }

    @Override
    public void onConnection(UpstreamStream ready) {
        stream = ready;
        ready.start(request, this);
        ready.writeContent(
                body.length == 0
                        ? LastHttpContent.EMPTY_LAST_CONTENT
                        : new DefaultLastHttpContent(Unpooled.wrappedBuffer(body)));
        ready.flush();
    }

    @Override
    public void onNoConnection(Failure failure) {
        fail(failure);
    }

    @Override
    public void onResponseFailed(Failure failure) {
        fail(failure);
    }

    private void fail(Failure failure) {
        if (!over) {
            end();
            listener.onFailed(failure);
        }
    }

    @Override
    public void onInformational(HttpResponse informational) {
        // Nothing that a check waits for.
    }

    @Override
    public void onResponseHead(HttpResponse response) {
        head = response;
        String type = response.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
        if (type.startsWith("text/event-stream")) {
            events = new SseScanner(scanners, this);
        } else if (type.startsWith("application/json")) {
            message = scanners.borrow();
        }
    }

    @Override
    public void onResponseContent(HttpContent content) {
        ByteBuf bytes = content.content();
        readBytes += bytes.readableBytes();
        if (events != null) {
            events.feed(bytes);
        } else if (message != null) {
            message.feed(bytes);
        }
        boolean last = content instanceof LastHttpContent;
        content.release();
        if (over) {
            return;
        }
        if (last) {
            answer(isResult());
        } else if (readBytes > LIMIT_BYTES) {
            answerEarly(false);
        }
    }

    private boolean isResult() {
        McpScanner read = message;
        if (read == null) {
            return false;
        }
        read.end();
        return read.facts().kind() == McpFacts.Kind.RESPONSE
                && read.facts().answer().hasResult();
    }

    /** An event stream may go on for a while after the answer. */
    @Override
    public void onMessage(McpFacts facts) {
        if (!over && facts.kind() == McpFacts.Kind.RESPONSE) {
            answerEarly(facts.answer().hasResult());
        }
    }

    @Override
    public void onEndpoint(String uri) {
        // Of a stream that nobody asked for.
    }

    private void answerEarly(boolean result) {
        UpstreamStream current = stream;
        answer(result);
        if (current != null) {
            current.cancel();
        }
    }

    private void answer(boolean result) {
        HttpResponse answered = head;
        end();
        if (answered != null) {
            listener.onAnswer(answered, result);
        }
    }

    private void end() {
        over = true;
        if (events != null) {
            events.release();
        }
        if (message != null) {
            scanners.give(message);
            message = null;
        }
    }

    @Override
    public void onResponseReadComplete() {
        // Nothing is passed on.
    }

    @Override
    public void onUpstreamWritabilityChanged() {
        // What is sent fits into any buffer.
    }
}
