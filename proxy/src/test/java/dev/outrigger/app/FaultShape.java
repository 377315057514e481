package dev.outrigger.app;

/** What clients ask for, and how it is answered. */
enum FaultShape {
    /** A tool call with a JSON answer. */
    JSON("json"),
    /** A tool call with an event stream as its answer. */
    SSE("sse"),
    /** The event stream that a client opens by GET. */
    STREAM("stream");

    private final String label;

    FaultShape(String label) {
        this.label = label;
    }

    /** In names of routes, and the end of their targets. */
    String label() {
        return label;
    }

    boolean isCall() {
        return this != STREAM;
    }
}
