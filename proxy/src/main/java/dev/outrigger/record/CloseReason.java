package dev.outrigger.record;

/** Why a client's connection ended, in a closed set, so that it can be a metric label. The first reason given is the one. */
public enum CloseReason {
    /** The client ended it, or the network did. */
    CLIENT("client"),
    /** The answer was to be the last: the client asked for that, or nothing but the end says where the answer ends. */
    LAST_ANSWER("last_answer"),
    /** Nothing happened between two requests for too long. */
    IDLE("idle"),
    /** Nobody said anything after connecting, or a head had begun and did not end in time. */
    HEAD_TIMEOUT("head_timeout"),
    /** The client sends its body more slowly than it may. */
    SLOW_BODY("slow_body"),
    /** The client takes its answer more slowly than it may. */
    SLOW_READ("slow_read"),
    /** A request was refused because of its form, see {@link RefusalReason}. */
    REFUSED("refused"),
    /** More requests were sent ahead than may wait. */
    PIPELINED("pipelined"),
    /** An answer could not be brought to its end. */
    CUT("cut"),
    /** The client does something harmless too often: resets, pings, settings, empty frames. */
    FLOOD("flood"),
    /** The client broke the rules of HTTP/2. */
    HTTP2_ERROR("http2_error"),
    /** No TLS session came about, or it broke. */
    TLS("tls"),
    /** The PROXY header is missing or malformed. */
    PROXY_PROTOCOL("proxy_protocol"),
    /** What the client speaks could not be told in time, or it is nothing that the listener serves. */
    DETECTION("detection"),
    /** Opaque bytes were carried, and both sides have come to their end. */
    TUNNEL("tunnel"),
    /** Opaque bytes were to be carried, and there was no upstream to carry them to. */
    UNAVAILABLE("unavailable"),
    /** The listener goes, or the whole process. */
    DRAIN("drain"),
    /** Too many connections. */
    MAX_CONNECTIONS("max_connections"),
    /** Too many connections of one address. */
    MAX_PER_ADDRESS("max_per_address"),
    /** It was redirected to nowhere: somebody has connected to a listener that takes redirected connections only. */
    NOT_REDIRECTED("not_redirected"),
    /** It comes from this process, or would lead back to it. */
    LOOP("loop"),
    /** A defect of the proxy itself. */
    DEFECT("defect");

    private final String label;

    CloseReason(String label) {
        this.label = label;
    }

    /** Value of the {@code reason} label. */
    public String label() {
        return label;
    }
}
