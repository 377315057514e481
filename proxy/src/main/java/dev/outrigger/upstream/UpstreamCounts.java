package dev.outrigger.upstream;

import java.util.concurrent.atomic.AtomicLong;

/** What has happened to the endpoints of one upstream since the start, for the scrape. Counted by any thread, seldom. */
public final class UpstreamCounts {
    /** Times that an endpoint was put out because it failed its requests. */
    public final AtomicLong ejections = new AtomicLong();
    /** Checks that succeeded. */
    public final AtomicLong checksPassed = new AtomicLong();
    /** Checks that failed. */
    public final AtomicLong checksFailed = new AtomicLong();
    /** Look-ups of the upstream's name that found addresses. */
    public final AtomicLong lookupsFound = new AtomicLong();
    /** Look-ups that were answered with nothing. */
    public final AtomicLong lookupsEmpty = new AtomicLong();
    /** Look-ups that were not answered. */
    public final AtomicLong lookupsFailed = new AtomicLong();
}
