package dev.outrigger.transport;

/** Tells a client's connection to take no further request: it closes at once if idle, else after its answer. */
public enum DrainEvent {
    DRAIN
}
