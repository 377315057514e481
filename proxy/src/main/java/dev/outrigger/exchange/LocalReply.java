package dev.outrigger.exchange;

import dev.outrigger.failure.Code;
import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.DownstreamStream;
import dev.outrigger.http.HeaderNames;
import dev.outrigger.json.JsonWriter;
import dev.outrigger.mcp.JsonRpcErrorBody;
import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.McpMethod;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.TraceContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A failure as an answer; the only place where one becomes the other.
 *
 * <p>A JSON-RPC request gets status 200 and a JSON-RPC error with its id echoed, because that is the one shape that every MCP
 * client turns into a typed error for its caller. {@code server/discover} is the exception: clients take anything but a
 * failed HTTP exchange for "this server is of the old era", so it gets the status. So does everything that has no id to
 * echo.
 */
final class LocalReply {
    private final HttpResponse head;
    private final ByteBuf body;

    private LocalReply(HttpResponse head, ByteBuf body) {
        this.head = head;
        this.body = body;
    }

    /**
     * @param facts null if the request is not MCP
     * @param retryAfterNanos 0 where nothing is known
     */
    static LocalReply of(
            ByteBufAllocator alloc,
            ExchangeRecord record,
            Failure failure,
            @Nullable McpFacts facts,
            long retryAfterNanos) {
        McpFacts call = facts != null && facts.kind() == McpFacts.Kind.REQUEST ? facts : null;
        boolean asStatus = call == null || call.method() == McpMethod.SERVER_DISCOVER;
        long retryAfterMillis = retryAfterNanos <= 0 ? -1 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(retryAfterNanos));
        int status = asStatus ? status(failure.reason(), call != null) : HttpResponseStatus.OK.code();
        ByteBuf body = call != null
                ? JsonRpcErrorBody.write(
                        alloc,
                        call.id(),
                        call.idLength(),
                        failure.reason().code(),
                        failure.reason().label(),
                        record.upstream,
                        retryAfterMillis,
                        TraceContext.traceIdHex(record))
                : ByteBufUtil.writeUtf8(alloc, plainBody(record, failure));
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
        head.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
                .set(HeaderNames.X_REQUEST_ID, record.requestId);
        if (asStatus && retryAfterMillis > 0) {
            head.headers().set(HttpHeaderNames.RETRY_AFTER, (retryAfterMillis + 999) / 1000);
        }
        return new LocalReply(head, body);
    }

    int status() {
        return head.status().code();
    }

    int bodyBytes() {
        return body.readableBytes();
    }

    /** Writes head and body and flushes; the reply is spent then. */
    void writeTo(DownstreamStream stream) {
        stream.writeHead(head);
        stream.writeContent(new DefaultLastHttpContent(body));
        stream.flush();
    }

    private static int status(Reason reason, boolean discover) {
        if (discover) {
            return HttpResponseStatus.SERVICE_UNAVAILABLE.code();
        }
        return reason == Reason.NO_ROUTE
                ? HttpResponseStatus.NOT_FOUND.code()
                : reason.code().httpStatus();
    }

    private static String plainBody(ExchangeRecord record, Failure failure) {
        Reason reason = failure.reason();
        Code code = reason.code();
        JsonWriter json = new JsonWriter();
        json.beginObject().name("error").beginObject();
        if (reason != Reason.NO_ROUTE) {
            json.name("code").value(code.jsonRpcCode());
        }
        json.name("message").value(reason == Reason.NO_ROUTE ? "no route" : code.message());
        json.name("reason").value(reason.label());
        if (!failure.detail().isEmpty()) {
            json.name("detail").value(failure.detail());
        }
        if (!record.upstream.isEmpty()) {
            json.name("upstream").value(record.upstream);
        }
        json.name("trace_id").value(TraceContext.traceIdHex(record));
        return json.endObject().endObject().toString();
    }
}
