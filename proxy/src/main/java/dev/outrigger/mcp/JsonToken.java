package dev.outrigger.mcp;

/** What {@link JsonTokenizer#next} found. */
enum JsonToken {
    /** Everything given so far is read; call again with more. */
    NEED_INPUT,
    /** Not JSON, or too deep; nothing more will be read. */
    FAILED,
    BEGIN_OBJECT,
    END_OBJECT,
    BEGIN_ARRAY,
    END_ARRAY,
    /** The name of a member; its value follows. */
    KEY,
    STRING,
    NUMBER,
    TRUE,
    FALSE,
    NULL;

    /** Whether no token came. */
    boolean isStop() {
        return this == NEED_INPUT || this == FAILED;
    }
}
