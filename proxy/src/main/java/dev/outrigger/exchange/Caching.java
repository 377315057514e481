package dev.outrigger.exchange;

import dev.outrigger.cache.Flight;
import dev.outrigger.cache.ResponseStore;
import dev.outrigger.cache.StoredAnswer;
import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.record.CacheMark;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.runtime.Worker;
import org.jspecify.annotations.Nullable;

/**
 * One exchange and the cache of its route: looks for an answer, waits for that of somebody who asks the same, or has its own
 * kept. Belongs to the exchange's loop; what others land is brought there first.
 */
final class Caching implements Flight.Waiter {
    private final CacheQuestion question;
    private final Exchange exchange;
    private final Call call;
    private final ExchangeRecord record;
    private final Worker worker;
    private @Nullable CacheFill fill;

    /** @param call the one operation that the exchange is about */
    Caching(CacheQuestion question, Exchange exchange, Call call, ExchangeRecord record, Worker worker) {
        this.question = question;
        this.exchange = exchange;
        this.call = call;
        this.record = record;
        this.worker = worker;
    }

    /**
     * Answers with what is kept, which nothing has to be made for.
     *
     * @param call the one operation that the exchange is about
     */
    static void hit(
            StoredAnswer answer,
            ResponseStore store,
            Exchange exchange,
            Call call,
            ExchangeRecord record,
            Worker worker) {
        store.counts().hit();
        reply(answer, CacheMark.HIT, exchange, call, record, worker);
    }

    /** @return whether it waits: the exchange is told later how it goes on; else it is told before this returns */
    private boolean ask() {
        StoredAnswer answer = find();
        if (answer == null) {
            return askServer();
        }
        hit(answer);
        return false;
    }

    /**
     * Nothing is kept.
     *
     * @return whether it waits for somebody else's answer: the exchange is told later how it goes on; else it is told before this
     *     returns
     */
    boolean askServer() {
        StoredAnswer answer = null;
        Flight flight = null;
        if (question.mayWait()) {
            flight = store().joinOrLead(question.sharedByDefault() ? question.shared() : question.own(), this);
            if (flight == null) {
                return true;
            }
            // Who asked before may have got its answer between the two looks.
            answer = find();
            if (answer != null) {
                flight.land(answer);
            }
        }
        if (answer == null) {
            goOn(flight);
        } else {
            hit(answer);
        }
        return false;
    }

    private @Nullable StoredAnswer find() {
        long nowNanos = worker.clock().nanoTime();
        StoredAnswer answer = store().find(question.own(), nowNanos);
        return answer == null ? store().find(question.shared(), nowNanos) : answer;
    }

    /** The upstream has to be asked. */
    private void goOn(@Nullable Flight flight) {
        store().counts().miss();
        record.cache = CacheMark.MISS;
        fill = new CacheFill(question, flight, worker.clock());
        exchange.takeSlot();
    }

    /** What keeps the answer, once the upstream has to be asked. */
    @Nullable
    CacheFill fill() {
        return fill;
    }

    @Override
    public void onLanded(@Nullable StoredAnswer answer) {
        worker.loop().execute(() -> {
            if (exchange.isOver()) {
                return;
            }
            if (answer == null) {
                goOn(null);
            } else {
                store().counts().coalesced();
                reply(answer, CacheMark.COALESCED);
            }
        });
    }

    @Override
    public void onLeft() {
        worker.loop().execute(() -> {
            if (!exchange.isOver()) {
                ask();
            }
        });
    }

    /**
     * Answers with what was said before, where the upstream could not be asked.
     *
     * @return false if that is of no use, or there is nothing
     */
    boolean answersInstead(Failure failure) {
        Reason reason = failure.reason();
        if (!reason.blamesUpstream() && reason != Reason.BREAKER_OPEN) {
            return false;
        }
        long nowNanos = worker.clock().nanoTime();
        StoredAnswer own = store().findStale(question.own(), nowNanos);
        StoredAnswer answer = own == null ? store().findStale(question.shared(), nowNanos) : own;
        if (answer == null) {
            return false;
        }
        store().counts().stale();
        reply(answer, CacheMark.STALE);
        return true;
    }

    private void hit(StoredAnswer answer) {
        hit(answer, store(), exchange, call, record, worker);
    }

    private void reply(StoredAnswer answer, CacheMark mark) {
        reply(answer, mark, exchange, call, record, worker);
    }

    private static void reply(
            StoredAnswer answer, CacheMark mark, Exchange exchange, Call call, ExchangeRecord record, Worker worker) {
        long nowNanos = worker.clock().nanoTime();
        record.cache = mark;
        call.answer(false, 0, false, nowNanos);
        exchange.reply(CachedReply.of(record, answer, call.id(), nowNanos));
    }

    private ResponseStore store() {
        return question.store();
    }
}
