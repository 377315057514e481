package dev.outrigger.exchange;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Replay;
import dev.outrigger.http.HeaderNames;
import dev.outrigger.http.PendingBody;
import dev.outrigger.record.DeadLetter;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.Retried;
import dev.outrigger.record.TraceContext;
import dev.outrigger.route.Fallback;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;

/** Keeps a tool call that no upstream has answered, where that is wanted and all of it is still here. */
final class Undelivered {
    private Undelivered() {}

    /**
     * @param pending what is here of the call, still the caller's
     * @param nowNanos the clock's reading
     */
    static void keep(
            ExchangeFactory factory,
            Routed routed,
            HttpRequest head,
            ExchangeRecord record,
            PendingBody pending,
            Failure failure,
            long nowNanos) {
        Call only = routed.question().calls().only();
        boolean wanted = only != null && only.isKept() && only.wantsAnswer() && Fallback.covers(failure.reason());
        boolean isHere = pending.isWhole() && pending.isEnded();
        if (!wanted || !isHere || routed.conversation().isAnsweredElsewhere()) {
            return;
        }
        factory.keep(new DeadLetter(
                nowNanos,
                record.requestId,
                TraceContext.traceIdHex(record),
                record.route,
                record.upstream,
                record.tool,
                failure.reason(),
                head.uri(),
                head.headers().get(HeaderNames.MCP_PROTOCOL_VERSION),
                record.modern,
                mayBeDone(record, failure),
                pending.text()));
    }

    /** Whether one of the attempts may have reached somebody who acted on it. */
    private static boolean mayBeDone(ExchangeRecord record, Failure failure) {
        List<Retried> retried = record.retried;
        boolean before = retried != null
                && retried.stream().anyMatch(attempt -> attempt.reason().maybeDone());
        return before || (record.attempts > 0 && failure.replay() == Replay.NEVER);
    }
}
