package dev.outrigger.config.model;

import java.util.List;

/**
 * The PROXY protocol, by which a load balancer says whose connection it passes on.
 *
 * @param trusted sources whose connections begin with its header; empty for none
 */
public record ProxyProtocolConfig(List<AddressRange> trusted) {
    public ProxyProtocolConfig {
        trusted = List.copyOf(trusted);
    }
}
