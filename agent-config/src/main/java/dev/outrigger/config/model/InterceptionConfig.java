package dev.outrigger.config.model;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/**
 * How a listener takes connections that the network has redirected to it.
 *
 * @param tproxy whether the network leaves the addresses as they are (TPROXY), so that the application sees its clients; inbound
 *     only
 * @param opaquePorts destinations that are taken for opaque without a look: the server speaks first there
 * @param inboundSource where connections to the application come from, one address of a family at most; empty for whichever the
 *     system takes
 */
public record InterceptionConfig(
        Direction direction, boolean tproxy, Set<Integer> opaquePorts, List<InetAddress> inboundSource) {
    /** Whose connections are redirected. */
    public enum Direction {
        /** Those of others to the application beside the sidecar. */
        INBOUND,
        /** Those of that application to others. */
        OUTBOUND
    }

    public InterceptionConfig {
        opaquePorts = Set.copyOf(opaquePorts);
        inboundSource = List.copyOf(inboundSource);
    }

    public boolean isOutbound() {
        return direction == Direction.OUTBOUND;
    }
}
