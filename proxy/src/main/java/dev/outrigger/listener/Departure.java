package dev.outrigger.listener;

/** What comes after a socket that goes, and so how it goes. */
enum Departure {
    /** Nothing: closed at once, clients are refused and go elsewhere. */
    FOR_GOOD(0),
    /**
     * A socket of another process, bound to the same port: what has not reached this one goes there. A second is more than a
     * handshake takes that the kernel has begun.
     */
    TO_PROCESS(1_000_000_000L),
    /**
     * A socket of this process that is bound to an address which covers this one's, or is covered by it. Clients that come
     * meanwhile are delayed by a second, so this is as short as a handshake over a long way.
     */
    TO_NEIGHBOUR(200_000_000L);

    private final long acceptNanos;

    Departure(long acceptNanos) {
        this.acceptNanos = acceptNanos;
    }

    /** How long it goes on to accept at least; longer while somebody is in its queue. */
    long acceptNanos() {
        return acceptNanos;
    }
}
