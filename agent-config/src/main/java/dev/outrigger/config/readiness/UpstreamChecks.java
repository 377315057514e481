package dev.outrigger.config.readiness;

import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.config.model.HealthCheckConfig;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.config.model.UpstreamConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What happens when a server is ill. */
final class UpstreamChecks {
    private static final int NERVOUS_FAILURES = 1;
    /** With a call a second that is most of a minute of failures before anything happens. */
    private static final int PATIENT_FAILURES = 50;

    private static final Duration LONG_OPEN = Duration.ofMinutes(5);

    private final List<UpstreamConfig> upstreams;

    UpstreamChecks(ProxyConfig config) {
        this.upstreams = config.upstreams();
    }

    List<ReadinessItem> items() {
        return List.of(breakers(), healthChecks(), redundancy());
    }

    private ReadinessItem breakers() {
        List<String> findings = new ArrayList<>();
        for (UpstreamConfig upstream : upstreams) {
            BreakerConfig breaker = upstream.breaker();
            if (breaker.consecutiveFailures() <= NERVOUS_FAILURES) {
                findings.add(upstream.name() + " opens at one failed call");
            } else if (breaker.consecutiveFailures() > PATIENT_FAILURES) {
                findings.add(
                        upstream.name() + " opens only after " + breaker.consecutiveFailures() + " failures in a row");
            }
            if (breaker.openFor().compareTo(LONG_OPEN) > 0) {
                findings.add(upstream.name() + " stays open for " + Amounts.text(breaker.openFor()));
            }
        }
        if (findings.isEmpty()) {
            return ReadinessItem.pass("breakers", "circuit breakers", "open after a few failures, for a while");
        }
        return ReadinessItem.warn(
                "breakers",
                "circuit breakers",
                String.join(", ", findings),
                "5 to 20 failures in a row and 10s to 1m suit most servers");
    }

    private ReadinessItem healthChecks() {
        List<String> unchecked = upstreams.stream()
                .filter(upstream -> upstream.healthCheck().type() == HealthCheckConfig.Type.NONE)
                .map(UpstreamConfig::name)
                .toList();
        if (unchecked.isEmpty()) {
            return ReadinessItem.pass("health-checks", "health checks", "of every endpoint");
        }
        return ReadinessItem.warn(
                "health-checks",
                "health checks",
                "none, so that calls find out what is dead: " + String.join(", ", unchecked),
                "set health-check.type = tcp");
    }

    private ReadinessItem redundancy() {
        List<String> single = upstreams.stream()
                .filter(upstream -> upstream.endpoints().size() == 1)
                .filter(upstream ->
                        !Hosts.isLoopback(upstream.endpoints().get(0).address()))
                .map(UpstreamConfig::name)
                .toList();
        if (single.isEmpty()) {
            return ReadinessItem.pass(
                    "redundancy", "redundancy", "every upstream is in this pod or has several endpoints");
        }
        return ReadinessItem.note(
                "redundancy",
                "redundancy",
                "one endpoint each: " + String.join(", ", single),
                "with a second one a restart of the server loses no call, unless the address is a balancer's");
    }
}
