package dev.outrigger.config.readiness;

import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.config.model.RouteConfig;
import dev.outrigger.config.model.UpstreamConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Whether those who wait for each other give up in the right order: the one who knows more always first. */
final class TimeoutChecks {
    /** What the official MCP clients wait for an answer by default: 60 s in TypeScript, 20 s in Java. */
    private static final Duration LONG_CLIENT = Duration.ofSeconds(60);

    private static final Duration SHORT_CLIENT = Duration.ofSeconds(20);
    /** After which Node's HTTP server, under most MCP servers, closes a connection that rests. */
    private static final Duration NODE_KEEP_ALIVE = Duration.ofSeconds(5);

    private final ProxyConfig config;

    TimeoutChecks(ProxyConfig config) {
        this.config = config;
    }

    List<ReadinessItem> items() {
        return List.of(calls(), connects(), idleConnections());
    }

    private ReadinessItem calls() {
        String subject = "calls' timeouts";
        String advice = "stay below what your clients wait, or have them wait longer (also by progress notifications)";
        List<String> tooLong = timeouts(timeout -> timeout.compareTo(LONG_CLIENT) >= 0);
        if (!tooLong.isEmpty()) {
            return ReadinessItem.warn(
                    "timeouts",
                    subject,
                    "MCP clients give up after 20s to 60s by default and the server works on for nobody: "
                            + String.join(", ", tooLong),
                    advice);
        }
        List<String> rather = timeouts(timeout -> timeout.compareTo(SHORT_CLIENT) >= 0);
        if (!rather.isEmpty()) {
            return ReadinessItem.note(
                    "timeouts", subject, "some MCP clients give up after 20s: " + String.join(", ", rather), advice);
        }
        return ReadinessItem.pass("timeouts", subject, "end before MCP clients give up, after 20s to 60s by default");
    }

    private List<String> timeouts(Predicate<Duration> matching) {
        List<String> found = new ArrayList<>();
        for (RouteConfig route : config.routes()) {
            if (matching.test(route.timeout())) {
                found.add("route " + route.name() + " " + Amounts.text(route.timeout()));
            }
            route.tools().stream()
                    .filter(tool -> !tool.timeout().equals(route.timeout()) && matching.test(tool.timeout()))
                    .forEach(tool -> found.add("tool " + tool.pattern() + " " + Amounts.text(tool.timeout())));
        }
        return found;
    }

    private ReadinessItem connects() {
        List<String> findings = new ArrayList<>();
        for (RouteConfig route : config.routes()) {
            for (UpstreamConfig upstream : config.upstreams()) {
                Duration connect = upstream.pool().connectTimeout();
                if (route.upstreams().contains(upstream.name()) && connect.compareTo(route.timeout()) >= 0) {
                    findings.add("route " + route.name() + " has " + Amounts.text(route.timeout()) + ", a connect to "
                            + upstream.name() + " " + Amounts.text(connect));
                }
            }
        }
        if (findings.isEmpty()) {
            return ReadinessItem.pass("connect-timeouts", "connects", "fail before the call's time is over");
        }
        return ReadinessItem.warn(
                "connect-timeouts",
                "connects",
                "a dead server looks like a slow one: " + String.join(", ", findings),
                "make pool.connect-timeout a small part of the route's timeout");
    }

    private ReadinessItem idleConnections() {
        List<String> findings = config.upstreams().stream()
                .filter(upstream -> upstream.pool().idleTimeout().compareTo(NODE_KEEP_ALIVE) >= 0)
                .map(upstream ->
                        upstream.name() + " " + Amounts.text(upstream.pool().idleTimeout()))
                .toList();
        if (findings.isEmpty()) {
            return ReadinessItem.pass(
                    "idle-connections", "idle connections to upstreams", "closed before Node closes them");
        }
        return ReadinessItem.warn(
                "idle-connections",
                "idle connections to upstreams",
                "Node closes them after 5s, and a call written into that is lost: " + String.join(", ", findings),
                "set pool.idle-timeout below the server's keep-alive time");
    }
}
