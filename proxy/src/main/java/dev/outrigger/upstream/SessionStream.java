package dev.outrigger.upstream;

import dev.outrigger.failure.Reason;

/** The event stream on which all answers of an HTTP+SSE session come. */
@FunctionalInterface
public interface SessionStream {
    /**
     * Ends a call with an error of the proxy's own. Called by any thread.
     *
     * @param id of the call, as JSON text
     */
    void writeError(byte[] id, Reason reason);
}
