package dev.outrigger.mcp;

/** The fields of an event stream that mean something. Case matters. */
enum SseField {
    DATA("data"),
    EVENT("event"),
    ID("id"),
    RETRY("retry"),
    /** A comment, or a field that clients ignore. */
    OTHER("");

    private final long packed;
    private final int size;

    SseField(String name) {
        this.packed = SseWord.pack(name);
        this.size = name.length();
    }

    static SseField of(SseWord name) {
        if (DATA.is(name)) {
            return DATA;
        }
        if (EVENT.is(name)) {
            return EVENT;
        }
        return ID.is(name) ? ID : RETRY.is(name) ? RETRY : OTHER;
    }

    private boolean is(SseWord name) {
        return name.is(packed, size);
    }
}
