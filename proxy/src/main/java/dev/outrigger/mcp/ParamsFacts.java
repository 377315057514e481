package dev.outrigger.mcp;

import org.jspecify.annotations.Nullable;

/**
 * What {@code params} of a request or notification says besides whom it is for. A part of {@link McpFacts} and rewritten with
 * it: read it, do not keep it.
 */
public final class ParamsFacts {
    private final FactText requestId = new FactText(FactText.USUAL_LIMIT_BYTES);
    private final FactText progressToken = new FactText(FactText.USUAL_LIMIT_BYTES);
    private final FactText protocolVersion = new FactText(FactText.USUAL_LIMIT_BYTES);

    private boolean hasCursor;
    private boolean hasInputResponses;
    private boolean hasRequestState;

    ParamsFacts() {}

    /** As it stands: what {@code notifications/cancelled} is about. A string or a number. */
    public FactText requestId() {
        return requestId;
    }

    /** @return null if there is none, or an over-long one */
    public @Nullable String requestIdText() {
        return requestId.text();
    }

    /** As it stands: what {@code notifications/progress} is about. A string or a number. */
    public FactText progressToken() {
        return progressToken;
    }

    /** What the client of {@code initialize} asks for. */
    public FactText protocolVersion() {
        return protocolVersion;
    }

    /** @return null if there is none, or an over-long one */
    public @Nullable String protocolVersionText() {
        return protocolVersion.text();
    }

    /** Whether there is a {@code cursor}, whatever it is. */
    public boolean hasCursor() {
        return hasCursor;
    }

    /** Whether there is {@code inputResponses}, whatever it is. */
    public boolean hasInputResponses() {
        return hasInputResponses;
    }

    /** Whether there is a {@code requestState}, whatever it is. */
    public boolean hasRequestState() {
        return hasRequestState;
    }

    // ---- written by the scanner

    void clear() {
        requestId.clear();
        progressToken.clear();
        protocolVersion.clear();
        hasCursor = false;
        hasInputResponses = false;
        hasRequestState = false;
    }

    /** @param member one of which the presence is all that counts */
    void onPresent(McpMember member) {
        hasCursor |= member == McpMember.CURSOR;
        hasInputResponses |= member == McpMember.INPUT_RESPONSES;
        hasRequestState |= member == McpMember.REQUEST_STATE;
    }
}
