package dev.outrigger.transport;

/** What a client's connection is told when its listener goes, or the whole process. */
public enum DrainEvent {
    /**
     * It takes no request but the one that it is about, or that is under way to it: answers say so from now on. Told again now
     * and then, so that streams can end when nobody waits for anything on them.
     */
    DRAIN,
    /** The time is over: it closes if idle, else its exchange ends in an orderly way now. */
    DEADLINE
}
