package dev.outrigger.record;

/** What kind of event stream an exchange's answer is, or what kind of tunnel. The label is the value of the {@code kind} label. */
public enum StreamKind {
    /** No event stream. */
    NONE("none", false),
    /** The answer to a POST: events until the response, then the end. */
    CALL("call", false),
    /** The answer to {@code subscriptions/listen}. */
    LISTEN("listen", true),
    /** The stream that a client of Streamable HTTP opens with GET, before 2026-07-28. */
    GET("get", true),
    /** The stream of HTTP+SSE, on which all answers come. */
    SSE("sse", true),
    /** No event stream but a tunnel: the request asked for WebSocket. */
    WEBSOCKET("websocket", true),
    /** A tunnel that CONNECT asked for. */
    CONNECT("connect", true),
    /** A tunnel after an upgrade to any other protocol. */
    UPGRADE("upgrade", true);

    private final String label;
    private final boolean openEnded;

    StreamKind(String label, boolean openEnded) {
        this.label = label;
        this.openEnded = openEnded;
    }

    public String label() {
        return label;
    }

    /** Whether it is a tunnel, of which nothing is read. */
    public boolean isTunnel() {
        return this == WEBSOCKET || this == CONNECT || this == UPGRADE;
    }

    /** Whether it lasts as long as the client likes, so that its duration says nothing about how fast anything is. */
    public boolean isOpenEnded() {
        return openEnded;
    }
}
