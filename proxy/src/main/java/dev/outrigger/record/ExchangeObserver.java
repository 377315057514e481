package dev.outrigger.record;

/**
 * Told once of every exchange, when it has ended. Called on the exchange's loop: an implementation must not block; what is
 * slow goes to a thread of its own through a bounded queue.
 */
@FunctionalInterface
public interface ExchangeObserver {
    /**
     * Takes note of an exchange.
     *
     * @param record complete, and never written again; it may be kept
     */
    void onFinish(ExchangeRecord record);
}
