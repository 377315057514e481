package dev.outrigger.mcp;

/** What a {@link JsonTokenizer} is to keep of a token's text. */
enum JsonKeep {
    NOTHING,
    /** A string without its quotes and with its escapes resolved, as UTF-8; nothing of other tokens. */
    DECODED,
    /** A scalar as it stands in the document, quotes included. */
    RAW
}
