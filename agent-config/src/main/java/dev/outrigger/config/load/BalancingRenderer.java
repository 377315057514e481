package dev.outrigger.config.load;

import dev.outrigger.config.model.AffinityConfig;
import dev.outrigger.config.model.BalancingConfig;
import dev.outrigger.config.model.EjectionConfig;
import dev.outrigger.config.model.EndpointConfig;
import dev.outrigger.config.model.HealthCheckConfig;
import dev.outrigger.config.model.UpstreamConfig;
import java.util.Map;
import java.util.TreeMap;

/** The part of {@link ConfigRenderer} that is about the endpoints of an upstream and the choice between them. */
final class BalancingRenderer {
    private BalancingRenderer() {}

    static Map<String, Object> upstream(UpstreamConfig upstream) {
        BalancingConfig balancing = upstream.balancing();
        Map<String, Object> values = new TreeMap<>(Map.of(
                "load-balancer",
                Kinds.dashedWord(balancing.loadBalancer()),
                "slow-start",
                Durations.format(balancing.slowStart()),
                "panic-threshold",
                Shares.format(balancing.panicThreshold()),
                "affinity",
                affinity(balancing.affinity()),
                "ejection",
                ejection(balancing.ejection()),
                "health-check",
                healthCheck(upstream.healthCheck())));
        upstream.dns()
                .ifPresentOrElse(
                        dns -> values.putAll(Map.of(
                                DiscoverySection.NAME, dns.name(), DiscoverySection.KEY, DiscoverySection.render(dns))),
                        () -> values.put(
                                BalancingSection.ENDPOINTS,
                                upstream.endpoints().stream()
                                        .map(BalancingRenderer::endpoint)
                                        .toList()));
        return values;
    }

    private static Object endpoint(EndpointConfig endpoint) {
        String address = endpoint.address().toString();
        return endpoint.weight() == 1 ? address : Map.of("address", address, "weight", endpoint.weight());
    }

    private static Map<String, Object> affinity(AffinityConfig affinity) {
        return Map.of(
                "header",
                affinity.header(),
                "cookie",
                Map.of("name", affinity.cookieName(), "ttl", Durations.format(affinity.cookieTtl())));
    }

    private static Map<String, Object> ejection(EjectionConfig ejection) {
        return Map.of(
                "consecutive-failures", ejection.consecutiveFailures(),
                "base-time", Durations.format(ejection.baseTime()),
                "max-time", Durations.format(ejection.maxTime()),
                "max-share", Shares.format(ejection.maxShare()),
                "jitter", Shares.format(ejection.jitter()));
    }

    private static Map<String, Object> healthCheck(HealthCheckConfig check) {
        return Map.of(
                "type", Kinds.word(check.type()),
                "interval", Durations.format(check.interval()),
                "timeout", Durations.format(check.timeout()),
                "healthy-after", check.healthyAfter(),
                "unhealthy-after", check.unhealthyAfter(),
                "jitter", Shares.format(check.jitter()),
                "http", Map.of("path", check.httpPath(), "status", check.httpStatus()),
                "mcp", Map.of("path", check.mcpPath()));
    }
}
