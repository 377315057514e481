package dev.outrigger.mcp;

/** The types of events that mean something in MCP. Case matters. */
enum SseType {
    /** Also the type of events that name none. */
    MESSAGE("message"),
    /** The first event of HTTP+SSE, 2024-11-05. */
    ENDPOINT("endpoint"),
    /** Clients of MCP leave such an event alone. */
    OTHER("");

    private final long packed;
    private final int size;

    SseType(String name) {
        this.packed = SseWord.pack(name);
        this.size = name.length();
    }

    static SseType of(SseWord name) {
        if (name.length() == 0 || MESSAGE.is(name)) {
            return MESSAGE;
        }
        return ENDPOINT.is(name) ? ENDPOINT : OTHER;
    }

    private boolean is(SseWord name) {
        return name.is(packed, size);
    }
}
