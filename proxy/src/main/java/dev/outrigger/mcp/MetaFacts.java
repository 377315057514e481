package dev.outrigger.mcp;

import org.jspecify.annotations.Nullable;

/**
 * What {@code params._meta} of a request or notification says. A part of {@link McpFacts} and rewritten with it: read it, do
 * not keep it.
 */
public final class MetaFacts {
    private final FactText traceparent = new FactText(FactText.USUAL_LIMIT_BYTES);
    private final FactText tracestate = new FactText(FactText.TRACESTATE_LIMIT_BYTES);
    private final FactText progressToken = new FactText(FactText.USUAL_LIMIT_BYTES);
    private final FactText protocolVersion = new FactText(FactText.USUAL_LIMIT_BYTES);

    /** Members that stand there, whatever they are, by ordinal. */
    private int keys;

    MetaFacts() {}

    /** The text as it stands, whether or not it is a valid {@code traceparent}; absent if it is no string. */
    public FactText traceparent() {
        return traceparent;
    }

    /** @return null if there is none, or an over-long one */
    public @Nullable String traceparentText() {
        return traceparent.text();
    }

    /** Up to 512 bytes of it are kept. */
    public FactText tracestate() {
        return tracestate;
    }

    /** @return null if there is none, or an over-long one */
    public @Nullable String tracestateText() {
        return tracestate.text();
    }

    /** As it stands in the message, with its quotes and escapes: {@code 1} is not {@code "1"}. A string or a number. */
    public FactText progressToken() {
        return progressToken;
    }

    /** {@code io.modelcontextprotocol/protocolVersion}, which requests of 2026-07-28 and later have. */
    public FactText protocolVersion() {
        return protocolVersion;
    }

    /** @return null if there is none, or an over-long one */
    public @Nullable String protocolVersionText() {
        return protocolVersion.text();
    }

    /** Whether a member of that name stands there, string or not. */
    boolean has(McpMember member) {
        return (keys & 1 << member.ordinal()) != 0;
    }

    void onKey(McpMember member) {
        keys |= 1 << member.ordinal();
    }

    void clear() {
        keys = 0;
        traceparent.clear();
        tracestate.clear();
        progressToken.clear();
        protocolVersion.clear();
    }
}
