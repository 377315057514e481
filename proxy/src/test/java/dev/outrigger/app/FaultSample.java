package dev.outrigger.app;

/**
 * One exchange as its client saw it.
 *
 * @param startNanos before the first byte was sent
 * @param endNanos when the client knew how it ended
 * @param trouble what went wrong; empty if nothing did
 */
record FaultSample(long startNanos, long endNanos, String trouble) {
    boolean isFine() {
        return trouble.isEmpty();
    }

    long waitNanos() {
        return endNanos - startNanos;
    }
}
