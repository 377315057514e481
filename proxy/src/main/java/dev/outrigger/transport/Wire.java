package dev.outrigger.transport;

/** A version of HTTP as a connection speaks it. */
public enum Wire {
    HTTP1,
    HTTP2
}
