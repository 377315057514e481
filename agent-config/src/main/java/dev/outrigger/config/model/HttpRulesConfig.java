package dev.outrigger.config.model;

import java.time.Duration;

/**
 * What a listener makes of requests that servers understand in different ways, and of clients that take their time.
 *
 * @param normalizePath whether dot segments and needless escapes go
 * @param mergeSlashes whether several slashes in a row become one
 * @param maxPipelined requests of one HTTP/1.1 connection that wait for the answer to another
 * @param minBodyRateBytes per second, of a client whose bytes are awaited or that is to take some; 0 for any
 * @param slowGrace how long a client may be slower
 * @param allowConnect whether CONNECT is a method like others
 * @param maxRequestBodyBytes of one request, answered 413 beyond; 0 for any
 */
public record HttpRulesConfig(
        boolean normalizePath,
        boolean mergeSlashes,
        EscapedSlashes escapedSlashes,
        Underscores underscores,
        int maxPipelined,
        long minBodyRateBytes,
        Duration slowGrace,
        boolean allowConnect,
        long maxRequestBodyBytes) {
    /** {@code %2F} and {@code %5C} in a path, which some servers take for a slash. */
    public enum EscapedSlashes {
        /** Stay as they are, and are no slashes. */
        KEEP,
        /** The request is refused. */
        REJECT,
        /** Become slashes, before the path is normalised. */
        UNESCAPE
    }

    /** Header names with an underscore, which some servers take for a dash. */
    public enum Underscores {
        ALLOW,
        /** The header goes, the request stays. */
        DROP,
        /** The request is refused. */
        REJECT
    }
}
