package dev.outrigger.record;

import dev.outrigger.failure.Outcome;

/**
 * What tells one series from another: the finest split that any metric family needs. Families are sums over keys.
 *
 * <p>Every part comes from a bounded set, see {@link ExchangeRecord}.
 *
 * @param scope what the series counts as
 * @param openEnded a stream that lasts as long as the client likes: no latency
 * @param status text of the HTTP status, {@code none} if none was sent
 * @param errorType what kind of error it was: OpenTelemetry's {@code error.type}, else the outcome if that is no success;
 *     empty without an error of the server's side
 */
public record SeriesKey(
        Scope scope,
        boolean openEnded,
        String route,
        String upstream,
        String httpMethod,
        String mcpMethod,
        String tool,
        Outcome outcome,
        String status,
        String errorType,
        BreakerMark breaker) {

    /** Which families a series belongs to. */
    public enum Scope {
        /** An exchange: HTTP, its breaker's call, and an MCP operation if it has an MCP method. */
        EXCHANGE,
        /** An exchange whose operations are recorded apart. */
        TRANSPORT,
        /** An operation that is recorded apart from its exchange. */
        OPERATION
    }

    /** The key of everything beyond the limit of series; only the outcome is kept, and what it counts as. */
    static SeriesKey other(Scope scope, boolean openEnded, Outcome outcome) {
        String other = ExchangeRecord.OTHER;
        String mcp = scope == Scope.TRANSPORT ? ExchangeRecord.NONE : other;
        String http = scope == Scope.OPERATION ? ExchangeRecord.NONE : other;
        return new SeriesKey(scope, openEnded, other, other, http, mcp, mcp, outcome, http, mcp, BreakerMark.NONE);
    }
}
