package dev.outrigger.record;

import dev.outrigger.failure.Outcome;

/**
 * What tells one series from another: the finest split that any metric family needs. Families are sums over keys.
 *
 * <p>Every part comes from a bounded set, see {@link ExchangeRecord}.
 *
 * @param status text of the HTTP status, {@code none} if none was sent
 * @param errorType OpenTelemetry's {@code error.type}, empty without an error
 */
public record SeriesKey(
        String route,
        String upstream,
        String httpMethod,
        String mcpMethod,
        String tool,
        Outcome outcome,
        String status,
        String errorType,
        BreakerMark breaker) {

    static SeriesKey of(ExchangeRecord record, String errorType) {
        return new SeriesKey(
                record.route,
                record.upstream,
                record.httpMethod,
                record.mcpMethod,
                record.tool,
                record.outcome,
                StatusText.of(record.status),
                errorType,
                record.breaker);
    }

    /** The key of everything beyond the limit of series; only the outcome is kept. */
    static SeriesKey other(Outcome outcome) {
        String other = ExchangeRecord.OTHER;
        return new SeriesKey(other, other, other, other, other, outcome, other, other, BreakerMark.NONE);
    }
}
