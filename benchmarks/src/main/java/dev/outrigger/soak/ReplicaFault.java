package dev.outrigger.soak;

/** What a replica does instead of answering well. */
enum ReplicaFault {
    NONE,
    /** Resets the connection of each request. */
    RESETS,
    /** Sends the body of an answer byte by byte, slower than any deadline. */
    DRIP,
    /** Answers with what is no HTTP. */
    GARBAGE
}
