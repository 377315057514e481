package dev.outrigger.record;

import dev.outrigger.failure.Outcome;
import dev.outrigger.failure.Reason;
import java.time.Duration;
import java.util.List;

/** Records as an exchange leaves them. */
public final class Records {
    private static final long START_NANOS = 5_000_000_000L;
    private static final long OVERHEAD_NANOS = 40_000;

    private Records() {}

    /** A tool call at upstream {@code app} that succeeded. */
    public static ExchangeRecord toolCall(String tool, Duration duration) {
        ExchangeRecord record = new ExchangeRecord();
        record.startNanos = START_NANOS;
        record.attemptNanos = START_NANOS;
        record.upstreamSentNanos = START_NANOS + OVERHEAD_NANOS;
        record.headNanos = START_NANOS + duration.toNanos() / 2;
        record.endNanos = START_NANOS + duration.toNanos();
        record.httpMethod = "POST";
        record.path = "/mcp";
        record.route = "/mcp";
        record.protocol = "HTTP/1.1";
        record.mcpMethod = "tools/call";
        record.tool = tool;
        record.upstream = "app";
        record.endpoint = "127.0.0.1:8080";
        record.attempts = 1;
        record.status = 200;
        record.breaker = BreakerMark.SUCCESS;
        return record;
    }

    /** The same, ended by the proxy for this reason. */
    public static ExchangeRecord failed(ExchangeRecord record, Reason reason) {
        record.reason = reason;
        record.outcome = reason.outcome();
        record.status = reason.code().httpStatus();
        record.breaker = reason.blamesUpstream() ? BreakerMark.FAILURE : BreakerMark.NONE;
        if (record.outcome == Outcome.REJECTED) {
            record.upstreamSentNanos = 0;
        }
        if (reason == Reason.BREAKER_OPEN) {
            record.breaker = BreakerMark.REJECTED;
        }
        return record;
    }

    /** The same, answered by the upstream with a JSON-RPC error. */
    public static ExchangeRecord rpcError(ExchangeRecord record, int code) {
        record.rpcError = true;
        record.rpcErrorCode = code;
        record.outcome = Outcome.ERROR;
        return record;
    }

    /** An event stream of this kind. */
    public static ExchangeRecord stream(StreamKind kind, Duration duration) {
        ExchangeRecord record = plainHttp(kind == StreamKind.LISTEN ? "POST" : "GET", 200, duration);
        record.mcpMethod = kind == StreamKind.LISTEN ? "subscriptions/listen" : ExchangeRecord.NONE;
        record.stream = kind;
        return record;
    }

    /** A tool call of this exchange, recorded apart from it, begun with it. */
    public static ExchangeRecord callOf(ExchangeRecord exchange, String tool, Duration duration) {
        exchange.operationsApart = true;
        ExchangeRecord call = exchange.newCall();
        call.mcpMethod = "tools/call";
        call.tool = tool;
        call.endNanos = call.startNanos + duration.toNanos();
        return call;
    }

    /** A request that is not MCP. */
    public static ExchangeRecord plainHttp(String method, int status, Duration duration) {
        ExchangeRecord record = toolCall(ExchangeRecord.NONE, duration);
        record.mcpMethod = ExchangeRecord.NONE;
        record.httpMethod = method;
        record.status = status;
        record.outcome = status >= 500 ? Outcome.ERROR : Outcome.SUCCESS;
        return record;
    }

    /** The same with a trace that is exported. */
    public static ExchangeRecord sampled(ExchangeRecord record, long traceId, long spanId) {
        record.traceIdHigh = traceId;
        record.traceIdLow = traceId;
        record.spanId = spanId;
        record.sampled = true;
        return record;
    }

    /** A refused request of which nothing else is known. */
    public static RefusedRequest refused(RefusalReason reason) {
        return new RefusedRequest(1, "127.0.0.1 1", reason, "", "GET / HTTP/1.1", List.of(), "");
    }
}
