package dev.outrigger.record;

/** What an exchange was to its upstream's circuit breaker. */
public enum BreakerMark {
    /** It never asked, or its end says nothing about the upstream (the client left). */
    NONE,
    SUCCESS,
    FAILURE,
    REJECTED
}
