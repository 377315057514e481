package dev.outrigger.failure;

/** Whether the same request may be sent once more after a failure. */
public enum Replay {
    /** The upstream may have acted on it. */
    NEVER,
    /** No byte of the request left the proxy. */
    UNSENT,
    /** The upstream said that it did not act on it. */
    REFUSED
}
