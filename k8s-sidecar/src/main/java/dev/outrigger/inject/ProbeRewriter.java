package dev.outrigger.inject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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

    private void redirect(ObjectNode probe, AppProbe appProbe) {
        probe.remove(List.of("httpGet", "tcpSocket", "grpc"));
        ObjectNode handler = JsonNodeFactory.instance
                .objectNode()
                .put("path", PATH + appProbe.name())
                .put("port", Sidecar.STATUS_PORT);
        probe.set("httpGet", handler);
        probes.add(appProbe);
    }

    private Optional<AppProbe> read(ObjectNode container, ObjectNode probe, String name) {
        int timeout = Math.max(1, probe.path("timeoutSeconds").asInt(1));
        if (probe.get("httpGet") instanceof ObjectNode http
                && http.path("host").asText("").isEmpty()) {
            String given = http.path("path").asText("");
            String path = given.startsWith("/") ? given : '/' + given;
            boolean https = http.path("scheme").asText("HTTP").equals("HTTPS");
            return port(container, http, name)
                    .map(port -> new AppProbe(name, "http", port, path, https, headers(http), "", timeout));
        }
        if (probe.get("tcpSocket") instanceof ObjectNode tcp
                && tcp.path("host").asText("").isEmpty()) {
            return port(container, tcp, name)
                    .map(port -> new AppProbe(name, "tcp", port, "", false, Map.of(), "", timeout));
        }
        if (probe.get("grpc") instanceof ObjectNode grpc) {
            String service = grpc.path("service").asText("");
            return port(container, grpc, name)
                    .map(port -> new AppProbe(name, "grpc", port, "", false, Map.of(), service, timeout));
        }
        return Optional.empty();
    }

    private static Map<String, String> headers(ObjectNode http) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (JsonNode header : http.path("httpHeaders")) {
            headers.put(header.path("name").asText(), header.path("value").asText());
        }
        return headers;
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
