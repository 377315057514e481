package dev.outrigger.interception;

/** How inbound connections are led to the proxy. */
public enum InboundMode {
    /** By a change of the destination, which the proxy asks the kernel for. The application sees the proxy as its client. */
    REDIRECT,
    /** Without a change of addresses, so that the proxy can show the client's own to the application. Needs NET_ADMIN there. */
    TPROXY
}
