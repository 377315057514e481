package dev.outrigger.record;

import dev.outrigger.failure.Outcome;
import dev.outrigger.failure.Reason;
import java.time.Duration;

/** Records as an exchange leaves them. */
public final class Records {
    private static final long START_NANOS = 5_000_000_000L;

    private Records() {}

    /** A tool call at upstream {@code app} that succeeded. */
    public static ExchangeRecord toolCall(String tool, Duration duration) {
        ExchangeRecord record = new ExchangeRecord();
        record.startNanos = START_NANOS;
        record.attemptNanos = START_NANOS;
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
        if (reason == Reason.BREAKER_OPEN) {
            record.breaker = BreakerMark.REJECTED;
        }
        return record;
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
}
