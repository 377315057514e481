package dev.outrigger.telemetry;

import dev.outrigger.failure.Outcome;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.Hex;
import dev.outrigger.record.TraceContext;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.jspecify.annotations.Nullable;

/**
 * Makes spans of records. The span is the sidecar's own, with exactly the ids that the upstream saw as its parent; the
 * client's span is the remote parent.
 */
final class SpanMaker {
    private static final int SERVER_ERROR = 500;

    private final Resource resource;
    private final WallClock wall;

    SpanMaker(Resource resource, WallClock wall) {
        this.resource = resource;
        this.wall = wall;
    }

    SpanData spanOf(ExchangeRecord record) {
        String traceId = TraceContext.traceIdHex(record);
        TraceState state = stateOf(record.traceState);
        TraceFlags flags = TraceFlags.getSampled();
        SpanContext context = SpanContext.create(traceId, TraceContext.spanIdHex(record), flags, state);
        SpanContext parent = record.parentSpanId == 0
                ? SpanContext.getInvalid()
                : SpanContext.createFromRemoteParent(traceId, Hex.of(record.parentSpanId), flags, state);
        // The end from the same anchor as the start, so that the duration is what was measured.
        long startEpochNanos = wall.epochNanos(record.startNanos);
        return new ExchangeSpan(
                resource,
                nameOf(record),
                context,
                parent,
                startEpochNanos,
                startEpochNanos + record.durationNanos(),
                SpanAttributes.of(record),
                statusOf(record));
    }

    private static String nameOf(ExchangeRecord record) {
        if (record.mcpMethod.isEmpty()) {
            return record.httpMethod + ' ' + record.route;
        }
        return record.tool.isEmpty() ? record.mcpMethod : record.mcpMethod + ' ' + record.tool;
    }

    private static StatusData statusOf(ExchangeRecord record) {
        boolean failed =
                record.outcome == Outcome.ERROR || record.outcome == Outcome.TIMEOUT || record.status >= SERVER_ERROR;
        return failed ? StatusData.create(StatusCode.ERROR, record.errorType()) : StatusData.unset();
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
