package dev.outrigger.config.model;

import java.time.Duration;
import java.util.List;

/**
 * A name whose addresses are the endpoints of an upstream, looked up again and again.
 *
 * @param target a host and its port; or a service such as {@code _mcp._tcp.example.com} with port 0, whose SRV records name
 *     hosts, ports and weights
 * @param servers asked in this order; those of the system if there are none
 * @param timeout until a question counts as not answered
 * @param minTtl until the next look-up at the soonest
 * @param maxTtl until the next look-up at the latest
 * @param negativeTtl until the next look-up after one that found nothing
 */
public record DnsConfig(
        HostPort target,
        Family family,
        List<HostPort> servers,
        Duration timeout,
        Duration minTtl,
        Duration maxTtl,
        Duration negativeTtl) {
    /** Which addresses are taken. */
    public enum Family {
        /** IPv4, and IPv6 where there is none. */
        AUTO,
        IPV4,
        IPV6,
        BOTH
    }

    public DnsConfig {
        servers = List.copyOf(servers);
    }

    /** Whether {@link #target} is a service. */
    public boolean isService() {
        return target.port() == 0;
    }

    /** The target as it is written. */
    public String name() {
        return isService() ? target.host() : target.toString();
    }
}
