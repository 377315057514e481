package dev.outrigger.admin;

import java.time.Duration;

/**
 * What one operations port spends on its clients.
 *
 * @param connections open at once; one more closes the one that has waited longest for its next request
 * @param bodyBytes longest request body; beyond it 413
 * @param idleTimeout how long a connection may take for any one of: sending a complete request, waiting for its answer,
 *     reading it. A client that trickles bytes gains nothing
 */
public record OpsLimits(int connections, int bodyBytes, Duration idleTimeout) {
    /**
     * 256 connections: a few probes and scrapers need ten. 64 KiB: the largest body there is is a page of settings. 60 s:
     * longer than the usual 15 to 30 s between two scrapes or probes, so that their connections stay open.
     */
    public static final OpsLimits DEFAULT = new OpsLimits(256, 64 * 1024, Duration.ofSeconds(60));
}
