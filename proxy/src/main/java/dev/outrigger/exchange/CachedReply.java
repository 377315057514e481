package dev.outrigger.exchange;

import dev.outrigger.cache.StoredAnswer;
import dev.outrigger.http.DownstreamStream;
import dev.outrigger.http.HeaderNames;
import dev.outrigger.record.ExchangeRecord;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * A kept result as the answer to a request of its own, with that one's id. JSON always, also where it came as an event: clients
 * take both, and this is the whole of it.
 */
final class CachedReply {
    private static final byte[] BEFORE_ID = ascii("{\"jsonrpc\":\"2.0\",\"id\":");
    private static final byte[] BEFORE_RESULT = ascii(",\"result\":");
    private static final byte[] END = ascii("}");

    private final HttpResponse head;
    private final ByteBuf body;

    private CachedReply(HttpResponse head, ByteBuf body) {
        this.head = head;
        this.body = body;
    }

    /**
     * @param record is told what the client gets
     * @param id of the request, as it stands there
     */
    static CachedReply of(ExchangeRecord record, StoredAnswer answer, byte[] id, long nowNanos) {
        // Wraps what is kept: nothing is copied, however many get it.
        ByteBuf body = Unpooled.wrappedBuffer(BEFORE_ID, id, BEFORE_RESULT, answer.result(), END);
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
                .set(HttpHeaderNames.AGE, TimeUnit.NANOSECONDS.toSeconds(Math.max(0, answer.ageNanos(nowNanos))))
                .set(HeaderNames.X_REQUEST_ID, record.requestId);
        record.status = HttpResponseStatus.OK.code();
        record.responseBytes = body.readableBytes();
        return new CachedReply(head, body);
    }

    /** Writes head and body and flushes; the reply is spent then. */
    void writeTo(DownstreamStream stream) {
        stream.writeHead(head);
        stream.writeContent(new DefaultLastHttpContent(body));
        stream.flush();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
