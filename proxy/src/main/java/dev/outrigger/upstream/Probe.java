package dev.outrigger.upstream;

/** One way of finding out whether an endpoint works, used again and again, one time after the other. Belongs to a loop. */
interface Probe {
    /** Told once of each time that was not cut short. */
    interface Listener {
        /** @param error {@link EndpointHealth#NO_ERROR}, or why it does not work, without addresses */
        void onResult(String error);
    }

    void begin(Listener listener);

    /**
     * Cuts it short: nobody is told any more. Without effect if it is over.
     *
     * @return what it was waiting for, as an error for when that took too long
     */
    String cut();
}
