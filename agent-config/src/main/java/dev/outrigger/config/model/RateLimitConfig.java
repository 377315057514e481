package dev.outrigger.config.model;

import java.time.Duration;

/**
 * How many calls may come in a time, from each that is told apart by the key.
 *
 * @param rate calls in each {@code per}
 * @param per not zero
 * @param burst calls that may come at once after a rest; the rate for a sliding window
 * @param shadow whether what would be refused is only counted
 * @param maxKeys keys that are remembered; beyond it those that come least are forgotten, and begin anew
 */
public record RateLimitConfig(
        Key key, Algorithm algorithm, int rate, Duration per, int burst, boolean shadow, int maxKeys) {
    /** What tells those apart who have a limit each. */
    public enum Key {
        /** The client's address; of IPv6 its network, the first 64 bits. */
        CLIENT_IP,
        /** The header {@code X-API-Key}, else {@code Authorization}, as it stands. */
        API_KEY,
        /** A session that is known. */
        SESSION,
        /** Who the client is by its certificate, else whom its credentials claim. */
        PRINCIPAL,
        /** The tool that is called; what calls none is not limited. */
        TOOL
    }

    /** How calls are counted. */
    public enum Algorithm {
        /** A bucket that fills evenly: the rate in the long run, the burst at once. */
        TOKEN_BUCKET,
        /** Never more than the rate in any stretch of that length. */
        SLIDING_WINDOW
    }
}
