package dev.outrigger.config.model;

import java.time.Duration;
import java.util.List;

/**
 * Which answers of a route are kept and given again, and to whom.
 *
 * @param ttl for how long at most; an answer that says less of itself is kept for less
 * @param maxBytes all answers together, with what it takes to find them
 * @param maxEntryBytes the largest result that is kept
 * @param tools patterns of the tools whose results are kept; {@code *} stands for any run of characters
 * @param methods other methods whose results are kept, by name
 * @param scope who gets an answer that does not say so itself
 * @param vary names of headers, in lower case, by whose values answers are told apart besides
 * @param staleFor for how long beyond its time an answer is given where the upstream can not be asked
 */
public record CacheConfig(
        Duration ttl,
        long maxBytes,
        long maxEntryBytes,
        List<String> tools,
        List<String> methods,
        Scope scope,
        List<String> vary,
        Duration staleFor) {
    /** Who gets an answer that somebody else has asked for. */
    public enum Scope {
        /** Who shows the same credentials: authorization, cookie, API key, certificate. */
        PRINCIPAL,
        /** Who does, in the same session. */
        SESSION,
        /** Everybody. */
        SHARED
    }

    public CacheConfig {
        tools = List.copyOf(tools);
        methods = List.copyOf(methods);
        vary = List.copyOf(vary);
    }
}
