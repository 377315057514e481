package dev.outrigger.config.readiness;

import dev.outrigger.config.model.AdminConfig;
import dev.outrigger.config.model.ClientTlsConfig;
import dev.outrigger.config.model.HostPort;
import dev.outrigger.config.model.ListenerConfig;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.config.model.Secret;
import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.config.readiness.Surroundings.SecretFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Who can get at the sidecar, its secrets and what passes through it. */
final class AccessChecks {
    private final ProxyConfig config;
    private final Surroundings surroundings;

    AccessChecks(ProxyConfig config, Surroundings surroundings) {
        this.config = config;
        this.surroundings = surroundings;
    }

    List<ReadinessItem> items() {
        return List.of(admin(), status(), metricsToken(), secrets(), clients(), upstreams(), user());
    }

    private ReadinessItem admin() {
        AdminConfig admin = config.admin();
        String subject = "admin port";
        if (Hosts.isLoopback(admin.bind())) {
            return ReadinessItem.pass("admin", subject, admin.bind() + " is reached from this pod only");
        }
        if (admin.token().isPresent()) {
            return ReadinessItem.pass("admin", subject, admin.bind() + " asks for a token");
        }
        return ReadinessItem.fail(
                "admin",
                subject,
                "whoever reaches " + admin.bind() + " can change the sidecar",
                "bind it to 127.0.0.1 or set admin.token-file");
    }

    private ReadinessItem status() {
        HostPort bind = config.status().bind();
        if (Hosts.isLoopback(bind)) {
            return ReadinessItem.warn(
                    "status",
                    "status port",
                    bind + " is not reached from outside the pod, where kubelet and Prometheus are",
                    "bind it to 0.0.0.0, unless both come through something in the pod");
        }
        return ReadinessItem.pass("status", "status port", bind + " is reached by kubelet and Prometheus");
    }

    private ReadinessItem metricsToken() {
        String subject = "access to /metrics";
        if (config.telemetry().prometheus().token().isPresent()) {
            return ReadinessItem.pass("metrics-access", subject, "asks for a token");
        }
        if (Hosts.isLoopback(config.status().bind())) {
            return ReadinessItem.pass("metrics-access", subject, "from this pod only");
        }
        return ReadinessItem.warn(
                "metrics-access",
                subject,
                "whoever reaches " + config.status().bind()
                        + " reads names of tools, upstreams and how much they are used",
                "set telemetry.prometheus.token-file, or let a NetworkPolicy admit Prometheus and the kubelet only");
    }

    private ReadinessItem secrets() {
        List<Secret> secrets = Stream.of(
                        config.admin().token(),
                        config.telemetry().prometheus().token(),
                        config.telemetry().tracing().headers())
                .flatMap(Optional::stream)
                .toList();
        String subject = "secrets";
        List<String> unreadable = with(secrets, SecretFile.UNREADABLE);
        if (!unreadable.isEmpty()) {
            return ReadinessItem.fail(
                    "secrets",
                    subject,
                    "not readable for this user: " + join(unreadable),
                    "give its user or group access");
        }
        List<String> findings = new ArrayList<>();
        with(secrets, SecretFile.MISSING).forEach(file -> findings.add(file + " is not there"));
        with(secrets, SecretFile.PUBLIC).forEach(file -> findings.add(file + " is readable by everybody"));
        secrets.stream()
                .filter(secret -> secret.file().isEmpty())
                .forEach(secret ->
                        findings.add("one is " + secret + ", which child processes and inspecting tools see"));
        if (!findings.isEmpty()) {
            return ReadinessItem.warn(
                    "secrets",
                    subject,
                    join(findings),
                    "mount each as a file with mode 0400 or 0440, and check it there");
        }
        return ReadinessItem.pass(
                "secrets", subject, secrets.isEmpty() ? "none are used" : "in files that only their reader can read");
    }

    private List<String> with(List<Secret> secrets, SecretFile access) {
        return secrets.stream()
                .flatMap(secret -> secret.file().stream())
                .filter(file -> surroundings.secretFiles().get(file) == access)
                .map(file -> file.toString())
                .distinct()
                .toList();
    }

    private ReadinessItem clients() {
        List<ListenerConfig> open = config.listeners().stream()
                .filter(listener -> !Hosts.isLoopback(listener.bind()))
                .toList();
        List<String> plain = open.stream()
                .filter(listener -> listener.tls().isEmpty())
                .map(listener -> listener.name() + " on " + listener.bind())
                .toList();
        if (plain.isEmpty()) {
            return ReadinessItem.pass(
                    "listener-tls", "clients' connections", open.isEmpty() ? "from this pod only" : "TLS");
        }
        return ReadinessItem.warn(
                "listener-tls",
                "clients' connections",
                "plain text over the network: " + join(plain),
                "set tls for them, or end TLS in an ingress or a mesh before them and admit only that by a NetworkPolicy");
    }

    private ReadinessItem upstreams() {
        List<UpstreamConfig> remote = config.upstreams().stream()
                .filter(upstream -> upstream.dns().isPresent()
                        || !upstream.endpoints().stream().allMatch(endpoint -> Hosts.isLoopback(endpoint.address())))
                .toList();
        List<String> plain = remote.stream()
                .filter(upstream -> upstream.tls().isEmpty())
                .map(UpstreamConfig::name)
                .toList();
        List<String> unverified = remote.stream()
                .filter(upstream ->
                        upstream.tls().filter(AccessChecks::isUnverified).isPresent())
                .map(UpstreamConfig::name)
                .toList();
        if (!plain.isEmpty()) {
            return ReadinessItem.warn(
                    "upstream-tls",
                    "connections to upstreams",
                    "plain text over the network: " + join(plain),
                    "set tls for them, or keep them in the pod, on a trusted network, or behind a mesh");
        }
        if (!unverified.isEmpty()) {
            return ReadinessItem.warn(
                    "upstream-tls",
                    "connections to upstreams",
                    "TLS with whoever answers: " + join(unverified),
                    "leave tls.verify and tls.verify-name on, and name their authority in tls.ca-file");
        }
        return ReadinessItem.pass(
                "upstream-tls", "connections to upstreams", remote.isEmpty() ? "all stay in this pod" : "TLS");
    }

    private static boolean isUnverified(ClientTlsConfig tls) {
        return !tls.verify() || !tls.verifyName();
    }

    private ReadinessItem user() {
        if (surroundings.isRoot()) {
            return ReadinessItem.warn(
                    "user",
                    "user",
                    "this process runs as root",
                    "run it as another user: runAsNonRoot, no capabilities");
        }
        return ReadinessItem.pass("user", "user", "not root");
    }

    private static String join(List<String> findings) {
        return String.join(", ", findings);
    }
}
