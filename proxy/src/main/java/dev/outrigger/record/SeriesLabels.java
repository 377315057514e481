package dev.outrigger.record;

import dev.outrigger.failure.Outcome;

/**
 * The labels of a record in a scope. What does not count there is empty, so that it tells no series apart.
 *
 * <p>Functions over the record instead of a key object to look up with: a new one would have to be allocated, and one that is
 * used again and again pays the collector's barrier for each reference stored in it, 40 ns in all.
 */
final class SeriesLabels {
    /** How many keys there are beyond the limit. */
    static final int OTHERS = 2 * SeriesKey.Scope.values().length * Outcome.values().length;

    private static final int OUTCOMES = Outcome.values().length;

    private SeriesLabels() {}

    static String status(ExchangeRecord record, SeriesKey.Scope scope) {
        return isTransport(scope) ? StatusText.of(record.status) : ExchangeRecord.NONE;
    }

    /** An error without a type is named after the outcome, unless the caller is to blame for it. */
    static String errorType(ExchangeRecord record, SeriesKey.Scope scope) {
        if (!isOperation(scope)) {
            return ExchangeRecord.NONE;
        }
        String type = record.errorType();
        boolean unnamed = type.isEmpty() && record.outcome != Outcome.SUCCESS && !record.rpcError;
        return unnamed ? record.outcome.label() : type;
    }

    static SeriesKey key(ExchangeRecord record, SeriesKey.Scope scope, String status, String errorType) {
        return new SeriesKey(
                scope,
                record.stream.isOpenEnded(),
                record.route,
                record.upstream,
                httpMethod(record, scope),
                mcpMethod(record, scope),
                tool(record, scope),
                record.outcome,
                status,
                errorType,
                breaker(record, scope));
    }

    /** The key beyond the limit. */
    static SeriesKey other(ExchangeRecord record, SeriesKey.Scope scope) {
        return SeriesKey.other(scope, record.stream.isOpenEnded(), record.outcome);
    }

    /** From 0 to {@link #OTHERS}, one for each key beyond the limit. */
    static int otherIndex(ExchangeRecord record, SeriesKey.Scope scope) {
        int kind = 2 * scope.ordinal() + (record.stream.isOpenEnded() ? 1 : 0);
        return kind * OUTCOMES + record.outcome.ordinal();
    }

    static boolean match(SeriesKey key, ExchangeRecord record, SeriesKey.Scope scope, String status, String errorType) {
        return key.outcome() == record.outcome
                && key.scope() == scope
                && key.openEnded() == record.stream.isOpenEnded()
                && key.breaker() == breaker(record, scope)
                && same(key.tool(), tool(record, scope))
                && same(key.route(), record.route)
                && same(key.upstream(), record.upstream)
                && same(key.mcpMethod(), mcpMethod(record, scope))
                && same(key.httpMethod(), httpMethod(record, scope))
                && same(key.status(), status)
                && same(key.errorType(), errorType);
    }

    /** Of hashes that {@code String} caches. */
    static int hash(ExchangeRecord record, SeriesKey.Scope scope, String status, String errorType) {
        int hash = tool(record, scope).hashCode();
        hash = 31 * hash + record.route.hashCode();
        hash = 31 * hash + record.upstream.hashCode();
        hash = 31 * hash + mcpMethod(record, scope).hashCode();
        hash = 31 * hash + httpMethod(record, scope).hashCode();
        hash = 31 * hash + status.hashCode();
        hash = 31 * hash + errorType.hashCode();
        hash = 31 * hash + record.outcome.ordinal();
        hash = 31 * hash + breaker(record, scope).ordinal();
        hash = 31 * hash + 2 * scope.ordinal() + (record.stream.isOpenEnded() ? 1 : 0);
        // The golden ratio spreads what the low bits of similar names have in common.
        hash *= 0x9E3779B9;
        return hash ^ (hash >>> 16);
    }

    private static boolean isTransport(SeriesKey.Scope scope) {
        return scope != SeriesKey.Scope.OPERATION;
    }

    private static boolean isOperation(SeriesKey.Scope scope) {
        return scope != SeriesKey.Scope.TRANSPORT;
    }

    private static String httpMethod(ExchangeRecord record, SeriesKey.Scope scope) {
        return isTransport(scope) ? record.httpMethod : ExchangeRecord.NONE;
    }

    private static BreakerMark breaker(ExchangeRecord record, SeriesKey.Scope scope) {
        return isTransport(scope) ? record.breaker : BreakerMark.NONE;
    }

    private static String mcpMethod(ExchangeRecord record, SeriesKey.Scope scope) {
        return isOperation(scope) ? record.mcpMethod : ExchangeRecord.NONE;
    }

    private static String tool(ExchangeRecord record, SeriesKey.Scope scope) {
        return isOperation(scope) ? record.tool : ExchangeRecord.NONE;
    }

    // Labels are interned by their producers, so the comparison by reference decides; equals only guards against one
    // that is not, which would otherwise make a series per exchange.
    @SuppressWarnings("ReferenceEquality")
    private static boolean same(String one, String other) {
        return one == other || one.equals(other);
    }
}
