package dev.outrigger.inject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Turns the kubelet's probes of the application to the sidecar's status port, which asks the application and passes the answer
 * on. Through the interception a TCP probe would always succeed, since the sidecar accepts it; an HTTP probe would count as a
 * request and meet breakers and limits that are meant for clients.
 *
 * <p>{@code exec} probes run inside the container, and need nothing. Probes of another host do not come to the pod.
 */
final class ProbeRewriter {
    /** Below which the status port answers for the application. */
    static final String PATH = "/app-health/";

    private static final Map<String, String> NAMES =
            Map.of("livenessProbe", "livez", "readinessProbe", "readyz", "startupProbe", "startupz");

    private final List<AppProbe> probes = new ArrayList<>();
    private final List<String> warnings;

    /** @param warnings collects probes that stay as they are although they should not */
    ProbeRewriter(List<String> warnings) {
        this.warnings = warnings;
    }

    /** What the sidecar has to pass on. */
    List<AppProbe> probes() {
        return List.copyOf(probes);
    }

    /** Rewrites the probes of one container in place. */
    void rewrite(ObjectNode container) {
        for (String key : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            if (container.get(key) instanceof ObjectNode probe) {
                String name = container.path("name").asText() + '/' + NAMES.get(key);
                Optional<AppProbe> read = read(container, probe, name);
                read.ifPresent(appProbe -> redirect(probe, appProbe));
            }
        }
    }

    /** Headers of an HTTP probe stay: the sidecar passes on what it gets. */
    private void redirect(ObjectNode probe, AppProbe appProbe) {
        JsonNode headers = probe.path("httpGet").path("httpHeaders");
        probe.remove(List.of("httpGet", "tcpSocket", "grpc"));
        ObjectNode handler =
                probe.putObject("httpGet").put("path", PATH + appProbe.name()).put("port", Sidecar.STATUS_PORT);
        if (!headers.isMissingNode()) {
            handler.set("httpHeaders", headers);
        }
        probes.add(appProbe);
    }

    private Optional<AppProbe> read(ObjectNode container, ObjectNode probe, String name) {
        if (probe.get("httpGet") instanceof ObjectNode http && isOfThisPod(http)) {
            String given = http.path("path").asText("");
            String path = given.startsWith("/") ? given : '/' + given;
            String scheme = http.path("scheme").asText("HTTP").toLowerCase(Locale.ROOT);
            return port(container, http, name).flatMap(port -> probe(name, scheme, port, path));
        }
        if (probe.get("tcpSocket") instanceof ObjectNode tcp && isOfThisPod(tcp)) {
            return port(container, tcp, name).flatMap(port -> probe(name, "tcp", port, ""));
        }
        if (probe.get("grpc") instanceof ObjectNode grpc) {
            String service = grpc.path("service").asText("");
            return port(container, grpc, name)
                    .flatMap(port -> probe(name, "grpc", port, service.isEmpty() ? "" : '/' + service));
        }
        return Optional.empty();
    }

    private static boolean isOfThisPod(ObjectNode handler) {
        return handler.path("host").asText("").isEmpty();
    }

    /** Loopback: what listens to the pod's address listens there too, and the rules leave it alone. */
    private Optional<AppProbe> probe(String name, String scheme, int port, String path) {
        String url = scheme + "://127.0.0.1:" + port + path;
        try {
            return Optional.of(new AppProbe(name, new URI(url).toString()));
        } catch (URISyntaxException e) {
            warnings.add("probe " + name + " stays as it is: " + url + " is no URL");
            return Optional.empty();
        }
    }

    private Optional<Integer> port(ObjectNode container, ObjectNode handler, String name) {
        JsonNode port = handler.path("port");
        if (port.canConvertToInt() && port.isIntegralNumber()) {
            return Optional.of(port.intValue());
        }
        for (JsonNode declared : container.path("ports")) {
            if (declared.path("name").asText("").equals(port.asText())) {
                return Optional.of(declared.path("containerPort").asInt());
            }
        }
        warnings.add("probe " + name + " stays as it is: the container has no port \"" + port.asText() + '"');
        return Optional.empty();
    }
}
