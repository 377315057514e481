package dev.outrigger.exchange;

import dev.outrigger.config.model.McpConfig;
import dev.outrigger.config.model.RateLimitConfig;
import dev.outrigger.failure.Code;
import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.DownstreamStream;
import dev.outrigger.http.HeaderNames;
import dev.outrigger.json.JsonWriter;
import dev.outrigger.mcp.JsonRpcErrorBody;
import dev.outrigger.mcp.JsonRpcResultBody;
import dev.outrigger.mcp.McpMethod;
import dev.outrigger.mcp.RpcError;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.TraceContext;
import dev.outrigger.resilience.RateLimiter;
import dev.outrigger.route.Fallback;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A failure as an answer; the only place where one becomes the other.
 *
 * <p>A JSON-RPC request gets status 200 and a JSON-RPC error with its id echoed, because that is the one shape that every MCP
 * client turns into a typed error for its caller. {@code server/discover} is the exception: clients take anything but a
 * failed HTTP exchange for "this server is of the old era", so it gets the status. A lost session gets 404, which tells the
 * client to open a new one. So does everything that has no id to echo get its status.
 */
final class LocalReply {
    private final HttpResponse head;
    private final LastHttpContent body;

    private LocalReply(HttpResponse head, LastHttpContent body) {
        this.head = head;
        this.body = body;
    }

    /**
     * @param record is told what the client gets
     * @param asked null if no route was found
     * @param limiter the rate that has refused; null if none has
     */
    static LocalReply of(
            ByteBufAllocator alloc,
            ExchangeRecord record,
            Failure failure,
            @Nullable Question asked,
            @Nullable RateLimiter limiter,
            McpConfig.Refusal manner) {
        if (asked != null) {
            asked.settle();
        }
        Calls waiting = asked == null || asked.calls().areSettled() ? null : asked.calls();
        Call only = waiting == null ? null : waiting.only();
        if (only != null && asked != null) {
            Fallback fallback = asked.fallback(failure.reason());
            if (fallback != null) {
                return of(alloc, record, failure.reason(), only, fallback);
            }
        }
        boolean discover = only != null && only.method() == McpMethod.SERVER_DISCOVER;
        Reason reason = failure.reason();
        boolean asStatus =
                waiting == null || discover || reason == Reason.SESSION_LOST || manner == McpConfig.Refusal.HTTP;
        long retryAfterMillis = failure.retryAfterMillis();
        int status = asStatus ? status(reason, discover) : HttpResponseStatus.OK.code();
        ByteBuf body = waiting != null
                ? errors(
                        alloc,
                        waiting,
                        RpcError.of(failure, record.upstream, retryAfterMillis, TraceContext.traceIdHex(record)))
                : ByteBufUtil.writeUtf8(alloc, plainBody(record, failure));
        HttpResponse head = head(record, status, body);
        if (asStatus && retryAfterMillis > 0) {
            head.headers().set(HttpHeaderNames.RETRY_AFTER, (retryAfterMillis + 999) / 1000);
        }
        if (asStatus && limiter != null) {
            tellRate(head.headers(), limiter.config(), (retryAfterMillis + 999) / 1000);
        }
        record.reason = reason;
        return new LocalReply(head, new DefaultLastHttpContent(body));
    }

    /** Answers a call in place of the upstream; the record keeps why it had to. */
    private static LocalReply of(
            ByteBufAllocator alloc, ExchangeRecord record, Reason reason, Call call, Fallback fallback) {
        ByteBuf body = JsonRpcResultBody.write(alloc, call.id(), fallback.result());
        record.reason = reason;
        record.fallback = true;
        return new LocalReply(head(record, HttpResponseStatus.OK.code(), body), new DefaultLastHttpContent(body));
    }

    /** @param record is told what the client gets */
    private static HttpResponse head(ExchangeRecord record, int status, ByteBuf body) {
        record.status = status;
        record.responseBytes = body.readableBytes();
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
        head.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
                .set(HeaderNames.X_REQUEST_ID, record.requestId);
        return head;
    }

    /**
     * Answers a gRPC call in its own way.
     *
     * @param record is told what the client gets
     */
    static LocalReply ofGrpc(ExchangeRecord record, Failure failure) {
        record.status = HttpResponseStatus.OK.code();
        record.reason = failure.reason();
        record.grpcStatus = GrpcCall.status(failure.reason());
        return new LocalReply(GrpcCall.refusal(record, failure), LastHttpContent.EMPTY_LAST_CONTENT);
    }

    /** The policy and what is left of it (draft-ietf-httpapi-ratelimit-headers-10): nothing, until that time. */
    private static void tellRate(HttpHeaders headers, RateLimitConfig limit, long resetSeconds) {
        long windowSeconds = limit.per().toSeconds();
        String window = windowSeconds * 1000 == limit.per().toMillis() ? ";w=" + windowSeconds : "";
        headers.set(HeaderNames.RATELIMIT_POLICY, "\"default\";q=" + limit.rate() + window);
        headers.set(HeaderNames.RATELIMIT, "\"default\";r=0;t=" + resetSeconds);
    }

    /** One error for each operation that waits for an answer: alone, or as the array that a batch gets. */
    private static ByteBuf errors(ByteBufAllocator alloc, Calls calls, RpcError error) {
        List<byte[]> ids = new ArrayList<>();
        calls.forEach(call -> {
            if (call.wantsAnswer()) {
                ids.add(call.id());
            }
        });
        if (!calls.isBatch()) {
            byte[] id = ids.get(0);
            return JsonRpcErrorBody.write(alloc, id, id.length, error);
        }
        ByteBuf body = alloc.buffer();
        JsonRpcErrorBody.writeBatchTo(body, ids, error);
        return body;
    }

    /**
     * Writes head and body and flushes; the reply is spent then.
     *
     * @param last whether the client's connection is to end with it
     */
    void writeTo(DownstreamStream stream, boolean last) {
        if (last) {
            head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        stream.writeHead(head);
        stream.writeContent(body);
        stream.flush();
    }

    private static int status(Reason reason, boolean discover) {
        if (discover) {
            return HttpResponseStatus.SERVICE_UNAVAILABLE.code();
        }
        if (reason == Reason.SLOW_REQUEST) {
            return HttpResponseStatus.REQUEST_TIMEOUT.code();
        }
        return reason == Reason.NO_ROUTE || reason == Reason.SESSION_LOST
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
