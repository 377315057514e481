package dev.outrigger.config.model;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Connections whose bytes pass as they are.
 *
 * @param upstream where they go
 * @param sni where TLS connections go by the name that they ask for, a name or {@code *.domain}; before {@code upstream}
 * @param detectTimeout until what a connection speaks has to be known
 * @param idleTimeout longest silence in both directions
 */
public record TcpConfig(
        Optional<String> upstream, Map<String, String> sni, Duration detectTimeout, Duration idleTimeout) {
    public TcpConfig {
        sni = Collections.unmodifiableMap(new TreeMap<>(sni));
    }
}
