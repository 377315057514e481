package dev.outrigger.inject;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Reasons for which a pod can not have a sidecar. Each would otherwise show as traffic that silently passes it by. */
final class PodChecks {
    private final JsonNode spec;
    private final PodOptions options;
    private final List<String> problems;

    PodChecks(JsonNode spec, PodOptions options, List<String> problems) {
        this.spec = spec;
        this.options = options;
        this.problems = problems;
    }

    /** Why a pod is none of our business, although its namespace is. */
    static Optional<String> outOfScope(JsonNode spec) {
        if (spec.path("hostNetwork").asBoolean(false)) {
            return Optional.of("it is in the network of its node (hostNetwork), whose traffic is not only its own");
        }
        boolean isWindows = spec.path("os").path("name").asText("").equals("windows")
                || spec.path("nodeSelector").path("kubernetes.io/os").asText("").equals("windows");
        return isWindows ? Optional.of("it is for Windows") : Optional.empty();
    }

    static Stream<JsonNode> containers(JsonNode spec) {
        return Stream.concat(stream(spec.path("initContainers")), stream(spec.path("containers")));
    }

    static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    void run() {
        if (options.isIntercepting()) {
            containers(spec).forEach(this::refuseOwnUser);
        } else if (options.config().isEmpty()) {
            problems.add(
                    "interception none leaves the sidecar without a listener, expected a ConfigMap with some in annotation "
                            + Annotation.CONFIG.key());
        }
        containers(spec).forEach(this::refuseOwnPorts);
        refuseOwnVolumes();
        boolean ends = !spec.path("restartPolicy").asText("Always").equals("Always");
        if (options.sidecar() == SidecarKind.CLASSIC && ends) {
            problems.add(
                    "restartPolicy is \"" + spec.path("restartPolicy").asText() + "\", so the pod is to end, which a"
                            + " classic sidecar does not: expected Kubernetes 1.29 with native sidecars, or annotation "
                            + Annotation.INJECT.key() + ": \"false\"");
        }
    }

    /** The rules let go what the sidecar's user sends, since they know the sidecar by nothing else. */
    private void refuseOwnUser(JsonNode container) {
        List<String> keys = new ArrayList<>(List.of("runAsUser"));
        if (options.isTransparentProxy()) {
            keys.add("runAsGroup");
        }
        for (String key : keys) {
            JsonNode own = container.path("securityContext").path(key);
            JsonNode effective = own.isMissingNode() || own.isNull()
                    ? spec.path("securityContext").path(key)
                    : own;
            if (effective.asLong(0) == Sidecar.USER) {
                problems.add("container " + container.path("name").asText() + ": securityContext." + key + " is "
                        + Sidecar.USER
                        + ", which is the sidecar's, and would send its traffic past it: expected another");
            }
        }
    }

    private void refuseOwnPorts(JsonNode container) {
        for (JsonNode port : container.path("ports")) {
            int number = port.path("containerPort").asInt();
            if (Sidecar.PORTS.contains(number)) {
                problems.add("container " + container.path("name").asText() + ": containerPort " + number
                        + " is one of the sidecar's, expected another than " + Sidecar.PORTS);
            }
        }
    }

    private void refuseOwnVolumes() {
        List<String> own = List.of(Sidecar.CONFIG_VOLUME, Sidecar.TEMPORARY_VOLUME, InitContainer.RUN_VOLUME);
        stream(spec.path("volumes"))
                .map(volume -> volume.path("name").asText())
                .filter(own::contains)
                .forEach(name -> problems.add("volume " + name + " has a name of the sidecar's, expected another"));
    }
}
