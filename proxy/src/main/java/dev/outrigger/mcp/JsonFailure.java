package dev.outrigger.mcp;

/** Why a {@link JsonTokenizer} failed. */
enum JsonFailure {
    NONE,
    /** Not JSON. */
    SYNTAX,
    /** More than {@link JsonNesting#MAX_DEPTH} containers are open. */
    TOO_DEEP,
    /** The input ended before the document did. */
    CUT_OFF
}
