package dev.outrigger.cache;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One question on its way to the server, and those who wait for its answer because they have asked the same.
 *
 * <p>Who waits is a stack without locks: whoever finds it closed has come too late and looks again. Lands once, whoever calls
 * first. Safe for use by any thread.
 */
public final class Flight {
    /** Who asked the same. */
    public interface Waiter {
        /**
         * The other one has its answer. Called on the thread of whoever asked first.
         *
         * @param answer null: there is none that could be shared, everybody has to ask for themselves
         */
        void onLanded(@Nullable StoredAnswer answer);

        /**
         * The other one has left before there was an answer: whoever still wants it asks anew, one of them for all. If each
         * asked alone, the patience of one client would decide when a slow server gets the requests of all at once.
         */
        default void onLeft() {
            onLanded(null);
        }
    }

    private record Seat(@Nullable Waiter waiter, @Nullable Seat next) {}

    private static final Seat CLOSED = new Seat(null, null);

    private final ResponseStore store;
    private final CacheKey key;
    private final AtomicReference<@Nullable Seat> seats = new AtomicReference<>();

    Flight(ResponseStore store, CacheKey key) {
        this.store = store;
        this.key = key;
    }

    /** @return false if it has landed; then the waiter is not told */
    boolean join(Waiter waiter) {
        Seat top;
        do {
            top = seats.get();
            if (top == CLOSED) {
                return false;
            }
        } while (!seats.compareAndSet(top, new Seat(waiter, top)));
        return true;
    }

    /** Tells all who wait; without effect the second time. What may be kept is in the store before. */
    public void land(@Nullable StoredAnswer answer) {
        end(waiter -> waiter.onLanded(answer));
    }

    /** Tells all who wait that nobody asks for them any more; without effect once it has landed. */
    public void leave() {
        end(Waiter::onLeft);
    }

    private void end(Consumer<Waiter> news) {
        store.landed(key, this);
        Seat seat = seats.getAndSet(CLOSED);
        while (seat != null) {
            if (seat.waiter != null) {
                news.accept(seat.waiter);
            }
            seat = seat.next;
        }
    }
}
