package dev.outrigger.exchange;

import dev.outrigger.failure.Outcome;
import dev.outrigger.mcp.McpMethod;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.resilience.FailureRules;
import dev.outrigger.upstream.McpSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The operations that one exchange is about: none, one, or those of a batch. */
final class Calls {
    private @Nullable Call only;
    private @Nullable List<Call> batch;

    void set(Call call) {
        only = call;
    }

    void addToBatch(Call call) {
        List<Call> elements = batch;
        if (elements == null) {
            elements = new ArrayList<>();
            batch = elements;
        }
        elements.add(call);
    }

    boolean isBatch() {
        return batch != null;
    }

    boolean isEmpty() {
        return only == null && batch == null;
    }

    /** The one operation; null if there is none, or a batch. */
    @Nullable
    Call only() {
        return only;
    }

    boolean has(McpMethod method) {
        Call single = only;
        if (single != null) {
            return single.method() == method;
        }
        return batch != null && batch.stream().anyMatch(call -> call.method() == method);
    }

    /** Makes all of them known to their session. */
    void join(McpSession session) {
        Call single = only;
        if (single != null) {
            single.join(session);
        } else if (batch != null) {
            batch.forEach(call -> call.join(session));
        }
    }

    /** {@link Call#exchangeEnded} for all of them. */
    void exchangeEnded(ExchangeRecord record, Outcome outcome) {
        Call single = only;
        if (single != null) {
            single.exchangeEnded(outcome, record.reason, record.status, record.endNanos);
        } else if (batch != null) {
            batch.forEach(call -> call.exchangeEnded(outcome, record.reason, record.status, record.endNanos));
        }
    }

    void forEach(Consumer<Call> action) {
        Call single = only;
        if (single != null) {
            action.accept(single);
        } else if (batch != null) {
            batch.forEach(action);
        }
    }

    /** Whether nobody waits for a message any more. */
    boolean areSettled() {
        Call single = only;
        if (single != null) {
            return !single.wantsAnswer();
        }
        return batch == null || batch.stream().noneMatch(Call::wantsAnswer);
    }

    /** Whether one of them ended in a way that counts as a failure of the upstream. */
    boolean anyFails(FailureRules rules) {
        Call single = only;
        if (single != null) {
            return single.fails(rules);
        }
        return batch != null && batch.stream().anyMatch(call -> call.fails(rules));
    }

    /**
     * The call that a message answers. A single call takes whatever answer its own stream brings, since servers may write an
     * id in another form than they got it.
     */
    @Nullable
    Call answeredBy(byte[] id, int idLength) {
        if (batch == null) {
            return only;
        }
        for (Call call : batch) {
            if (call.isRequest() && Arrays.equals(call.id(), 0, call.id().length, id, 0, idLength)) {
                return call;
            }
        }
        return null;
    }
}
