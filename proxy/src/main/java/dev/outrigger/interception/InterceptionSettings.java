package dev.outrigger.interception;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be led to the proxy.
 *
 * @param proxyUids users as whom the proxy runs: their connections are the proxy's own and never come back to it
 * @param proxyGids the same of groups; may be empty
 * @param inbound null if inbound connections are left alone
 * @param outbound null if outbound connections are left alone
 */
public record InterceptionSettings(
        List<Long> proxyUids,
        List<Long> proxyGids,
        @Nullable Inbound inbound,
        @Nullable Outbound outbound,
        Ipv6Mode ipv6,
        Backend backend) {
    /** The largest id; the next one stands for none. */
    private static final long MAX_ID = (1L << 32) - 2;

    /** Where the status and the admin port are by default. What watches and steers the proxy must not have to pass it. */
    private static final PortRanges OPERATIONS = PortRanges.of(9465, 15_000);

    /**
     * Checks what belongs together.
     *
     * @throws IllegalArgumentException with what is wrong and what is expected
     */
    public InterceptionSettings {
        if (proxyUids.isEmpty()) {
            throw new IllegalArgumentException(
                    "no user of the proxy, expected at least one: its own connections would loop");
        }
        proxyUids.forEach(uid -> check("uid", uid));
        proxyGids.forEach(gid -> check("gid", gid));
        if (inbound == null && outbound == null) {
            throw new IllegalArgumentException("neither inbound nor outbound, expected at least one of them");
        }
        if (inbound != null && outbound != null && inbound.port == outbound.port) {
            throw new IllegalArgumentException(
                    "port " + inbound.port + " for inbound and outbound, expected two ports: they are two listeners");
        }
        proxyUids = List.copyOf(proxyUids);
        proxyGids = List.copyOf(proxyGids);
    }

    private static void check(String kind, long id) {
        if (id == 0) {
            throw new IllegalArgumentException(
                    kind + " 0, expected that of the proxy alone: nothing that runs as root would" + " pass the proxy");
        }
        if (id < 0 || id > MAX_ID) {
            throw new IllegalArgumentException(kind + " " + id + ", expected 1 to " + MAX_ID);
        }
    }

    /** Ports of the proxy itself, which nothing leads elsewhere. */
    PortRanges ownPorts() {
        PortRanges ports = OPERATIONS;
        if (inbound != null) {
            ports = ports.plus(PortRanges.of(inbound.port));
        }
        return outbound == null ? ports : ports.plus(PortRanges.of(outbound.port));
    }

    /** Whether inbound connections keep their addresses. */
    boolean isTproxy() {
        return inbound != null && inbound.mode == InboundMode.TPROXY;
    }

    /**
     * Connections that come from elsewhere.
     *
     * @param port where the proxy listens for them
     * @param ports the application's, which are led there
     * @param excluded those of {@code ports} that are not
     */
    public record Inbound(int port, PortRanges ports, PortRanges excluded, InboundMode mode) {
        public Inbound {
            checkPorts("inbound", port, ports);
        }
    }

    /**
     * Connections that the application opens. One is led to the proxy if both its port and its address are.
     *
     * @param port where the proxy listens for them, on loopback
     * @param ports destination ports that are led there
     * @param excluded those of {@code ports} that are not
     * @param ranges destinations that are led there; empty for all
     * @param excludedRanges destinations that are not
     */
    public record Outbound(
            int port, PortRanges ports, PortRanges excluded, AddressRanges ranges, AddressRanges excludedRanges) {
        public Outbound {
            checkPorts("outbound", port, ports);
        }
    }

    private static void checkPorts(String direction, int port, PortRanges ports) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException(direction + " port " + port + ", expected 1 to 65535");
        }
        if (ports.isEmpty()) {
            throw new IllegalArgumentException(
                    "no " + direction + " ports, expected a list or *; --no-" + direction + " is for none");
        }
    }
}
