package dev.outrigger.inject;

import java.util.List;

/**
 * Which connections of a pod pass the sidecar. Ports are numbers or ranges as {@code 9000-9010}, addresses are ranges in the
 * notation of RFC 4632.
 *
 * @param mode how inbound connections come to it
 * @param outbound whether outbound connections do, too
 * @param includeInboundPorts may be {@link #ALL}
 * @param includeOutboundPorts may be {@link #ALL}
 * @param includeOutboundCidrs every address if there are none
 */
public record Interception(
        Mode mode,
        boolean outbound,
        List<String> includeInboundPorts,
        List<String> excludeInboundPorts,
        List<String> includeOutboundPorts,
        List<String> excludeOutboundPorts,
        List<String> includeOutboundCidrs,
        List<String> excludeOutboundCidrs) {

    /** How inbound connections come to the sidecar. */
    public enum Mode {
        /** By address translation: the application sees the sidecar as its client. Needs no capability while it runs. */
        REDIRECT,
        /** As they are: the application sees its clients' addresses. The sidecar keeps NET_ADMIN, and root for having it. */
        TPROXY,
        /** Not by themselves: who wants them in the sidecar sends them to its port. No init container, no capability. */
        NONE
    }

    /** Every port. */
    static final String ALL = "*";
}
