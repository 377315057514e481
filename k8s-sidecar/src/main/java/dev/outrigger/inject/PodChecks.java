package dev.outrigger.inject;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Reasons for which a pod can not have a sidecar. Each would otherwise show as traffic that silently passes it by. */
final class PodChecks {
    private static final String OS = "kubernetes.io/os";

    private final JsonNode spec;
    private final Interception.Mode mode;
    private final List<String> problems;

    /** @param mode how the pod's connections come to the sidecar, or came when it was injected */
    PodChecks(JsonNode spec, Interception.Mode mode, List<String> problems) {
        this.spec = spec;
        this.mode = mode;
        this.problems = problems;
    }

    /** What nobody could read as a pod: an API server has seen to that, files are as people left them. */
    static Optional<String> malformed(JsonNode pod) {
        for (String object : List.of("/metadata", "/metadata/annotations", "/metadata/labels", "/spec")) {
            JsonNode node = pod.at(object);
            if (!node.isMissingNode() && !node.isNull() && !node.isObject()) {
                return Optional.of(
                        object.substring(1).replace('/', '.') + " is " + node + ", expected keys and values");
            }
        }
        for (String list : List.of("initContainers", "containers", "volumes", "imagePullSecrets")) {
            JsonNode node = pod.path("spec").path(list);
            boolean isList = node.isMissingNode() || node.isNull() || node.isArray();
            if (!isList || !stream(node).allMatch(JsonNode::isObject)) {
                return Optional.of("spec." + list + " is " + node + ", expected a list of objects");
            }
        }
        return Optional.empty();
    }

    /** Why a pod is none of our business, although its namespace is. */
    static Optional<String> outOfScope(JsonNode spec) {
        if (spec.path("hostNetwork").asBoolean(false)) {
            return Optional.of("it is in the network of its node (hostNetwork), whose traffic is not only its own");
        }
        boolean isWindows = spec.path("os").path("name").asText("").equals("windows")
                || spec.path("nodeSelector").path(OS).asText("").equals("windows")
                || requiresWindows(spec.at(
                        "/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms"));
        return isWindows ? Optional.of("it is for Windows") : Optional.empty();
    }

    /** One term is enough for a node, so all of them have to be for Windows. */
    private static boolean requiresWindows(JsonNode terms) {
        return !terms.isEmpty()
                && stream(terms).allMatch(term -> stream(term.path("matchExpressions"))
                        .anyMatch(expression -> expression.path("key").asText().equals(OS)
                                && expression.path("operator").asText().equals("In")
                                && expression.path("values").size() == 1
                                && expression.path("values").path(0).asText().equals("windows")));
    }

    static Stream<JsonNode> containers(JsonNode spec) {
        return Stream.concat(stream(spec.path("initContainers")), stream(spec.path("containers")));
    }

    static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    void run(PodOptions options) {
        if (!options.isIntercepting() && options.config().isEmpty()) {
            problems.add(
                    "interception none leaves the sidecar without a listener, expected a ConfigMap with some in annotation "
                            + Annotation.CONFIG.key());
        }
        containers(spec)
                .filter(container -> container.path("name").asText().equals(InitContainer.NAME))
                .forEach(container -> problems.add(
                        "container " + InitContainer.NAME + " has the name of the injector's, expected another"));
        checkContainers();
        refuseOwnVolumes();
        boolean ends = !spec.path("restartPolicy").asText("Always").equals("Always");
        if (options.sidecar() == SidecarKind.CLASSIC && ends) {
            problems.add(
                    "restartPolicy is \"" + spec.path("restartPolicy").asText() + "\", so the pod is to end, which a"
                            + " classic sidecar does not: expected Kubernetes 1.29 with native sidecars, or annotation "
                            + Annotation.INJECT.key() + ": \"false\"");
        }
    }

    /** Those that are not the injector's: another webhook may have added some to a pod that is injected already. */
    void checkContainers() {
        List<String> own = List.of(Sidecar.NAME, InitContainer.NAME);
        containers(spec)
                .filter(container -> !own.contains(container.path("name").asText()))
                .forEach(container -> {
                    if (mode != Interception.Mode.NONE) {
                        refuseOwnUser(container);
                    }
                    refuseOwnPorts(container);
                });
    }

    /** The rules let go what the sidecar's user sends, since they know the sidecar by nothing else. */
    private void refuseOwnUser(JsonNode container) {
        List<String> keys = new ArrayList<>(List.of("runAsUser"));
        if (mode == Interception.Mode.TPROXY) {
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
            boolean isTcp = port.path("protocol").asText("TCP").equals("TCP");
            if (isTcp && Sidecar.PORTS.contains(number)) {
                problems.add("container " + container.path("name").asText() + ": containerPort " + number
                        + " is one of the sidecar's, expected another than " + Sidecar.PORTS);
            }
        }
    }

    private void refuseOwnVolumes() {
        List<String> own = List.of(
                Sidecar.CONFIG_VOLUME, Sidecar.TEMPORARY_VOLUME, Sidecar.NO_TOKEN_VOLUME, InitContainer.RUN_VOLUME);
        stream(spec.path("volumes"))
                .map(volume -> volume.path("name").asText())
                .filter(own::contains)
                .forEach(name -> problems.add("volume " + name + " has a name of the sidecar's, expected another"));
    }
}
