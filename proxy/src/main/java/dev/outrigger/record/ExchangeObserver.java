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

    /**
     * Takes note of an MCP operation that is recorded apart from its exchange: an element of a batch, or a call whose answer
     * comes on another stream. Told once of each, when it has ended, which may be before or after the exchange has.
     *
     * @param call made by {@link ExchangeRecord#newCall}; complete, and never written again; it may be kept
     */
    default void onCall(ExchangeRecord call) {}

    /**
     * Takes note of an opaque connection that has ended.
     *
     * @param connection with {@link ExchangeRecord#TCP} for its protocol, and without anything that only an exchange has;
     *     complete, and never written again; it may be kept
     */
    default void onConnection(ExchangeRecord connection) {}

    /** Whether it takes note of anything now. While nobody does, details that only observers look at are not gathered. */
    default boolean isOn() {
        return true;
    }
}
