package dev.outrigger.telemetry;

import dev.outrigger.failure.Code;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.Hex;
import dev.outrigger.record.Retried;
import dev.outrigger.record.TraceContext;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes spans of records. An exchange's span is the sidecar's own, with exactly the ids that the upstream saw as its parent;
 * the client's span is the remote parent. The span of a call that is recorded apart is a child of its exchange's.
 */
final class SpanMaker {
    private static final int SERVER_ERROR = 500;
    private static final AttributeKey<String> RETRY_REASON = AttributeKey.stringKey("outrigger.retry.reason");
    private static final AttributeKey<String> RETRY_ENDPOINT = AttributeKey.stringKey("outrigger.endpoint");
    private static final AttributeKey<Long> RETRY_STATUS = AttributeKey.longKey("http.response.status_code");

    private final Resource resource;
    private final WallClock wall;

    SpanMaker(Resource resource, WallClock wall) {
        this.resource = resource;
        this.wall = wall;
    }

    SpanData spanOf(ExchangeRecord record) {
        String traceId = TraceContext.traceIdHex(record);
        TraceState state = stateOf(record.traceState);
        SpanContext context =
                SpanContext.create(traceId, TraceContext.spanIdHex(record), TraceFlags.getSampled(), state);
        // The end from the same anchor as the start, so that the duration is what was measured.
        long startEpochNanos = wall.epochNanos(record.startNanos);
        return new ExchangeSpan(
                resource,
                nameOf(record),
                context,
                parentOf(record, traceId, state),
                linksOf(record),
                eventsOf(record),
                startEpochNanos,
                startEpochNanos + record.durationNanos(),
                SpanAttributes.of(record),
                statusOf(record));
    }

    private static SpanContext parentOf(ExchangeRecord record, String traceId, TraceState state) {
        if (record.parentSpanId == 0) {
            return SpanContext.getInvalid();
        }
        String spanId = Hex.of(record.parentSpanId);
        return record.hasRemoteParent()
                ? SpanContext.createFromRemoteParent(traceId, spanId, TraceFlags.getSampled(), state)
                : SpanContext.create(traceId, spanId, TraceFlags.getSampled(), state);
    }

    private static List<LinkData> linksOf(ExchangeRecord record) {
        if (record.linkSpanId == 0) {
            return List.of();
        }
        return List.of(LinkData.create(SpanContext.createFromRemoteParent(
                Hex.of(record.linkTraceIdHigh, record.linkTraceIdLow),
                Hex.of(record.linkSpanId),
                record.linkSampled ? TraceFlags.getSampled() : TraceFlags.getDefault(),
                TraceState.getDefault())));
    }

    /** One for each attempt that was followed by another. */
    private List<EventData> eventsOf(ExchangeRecord record) {
        List<Retried> retried = record.retried;
        return retried == null ? List.of() : retried.stream().map(this::eventOf).toList();
    }

    private EventData eventOf(Retried retried) {
        AttributesBuilder attributes = Attributes.builder()
                .put(RETRY_REASON, retried.reason().label())
                .put(RETRY_ENDPOINT, retried.endpoint());
        if (retried.status() != 0) {
            attributes.put(RETRY_STATUS, (long) retried.status());
        }
        return EventData.create(wall.epochNanos(retried.atNanos()), "retry", attributes.build());
    }

    /** The URI of a resource never is in it: backends group spans by name. */
    private static String nameOf(ExchangeRecord record) {
        if (record.mcpMethod.isEmpty() || record.operationsApart) {
            return record.httpMethod + ' ' + record.route;
        }
        String target = record.tool.isEmpty() ? SpanAttributes.bounded(record.promptName) : record.tool;
        return target.isEmpty() ? record.mcpMethod : record.mcpMethod + ' ' + target;
    }

    private static StatusData statusOf(ExchangeRecord record) {
        return isFailed(record) ? StatusData.create(StatusCode.ERROR, record.errorType()) : StatusData.unset();
    }

    /** What the caller did wrong is no error of a server's span, neither in HTTP nor in MCP. */
    private static boolean isFailed(ExchangeRecord record) {
        return switch (record.outcome) {
            case ERROR, TIMEOUT -> !record.isCallersError();
            case REJECTED -> record.status >= SERVER_ERROR || isRefusedOperation(record);
            case SUCCESS, CANCELLED -> record.status >= SERVER_ERROR;
        };
    }

    /** The refusal of an operation is a JSON-RPC error with status 200. */
    private static boolean isRefusedOperation(ExchangeRecord record) {
        return !record.mcpMethod.isEmpty()
                && record.reason != null
                && record.reason.code() != Code.MALFORMED
                && record.reason.code() != Code.TOO_LARGE;
    }

    /** The builder puts each entry first, hence from the last to the first; entries that are invalid are left out. */
    private static TraceState stateOf(@Nullable String header) {
        if (header == null) {
            return TraceState.getDefault();
        }
        TraceStateBuilder state = TraceState.builder();
        String[] entries = header.split(",", -1);
        for (int i = entries.length - 1; i >= 0; i--) {
            String entry = entries[i].strip();
            int equals = entry.indexOf('=');
            if (equals > 0) {
                state.put(entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        return state.build();
    }
}
