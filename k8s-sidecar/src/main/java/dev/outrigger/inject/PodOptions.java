package dev.outrigger.inject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;

/**
 * What holds for one pod: its annotations over the operator's settings.
 *
 * @param config the ConfigMap to mount; empty for none
 * @param isConfigRequired whether the pod must not start without it, because it names it, or its listeners are there
 * @param upstreamProtocol empty for the sidecar's default
 * @param drainTimeout whole seconds
 * @param preStop how long a classic sidecar waits for the application before it drains
 */
record PodOptions(
        SidecarKind sidecar,
        String image,
        String config,
        boolean isConfigRequired,
        String serviceName,
        String upstreamProtocol,
        Interception interception,
        boolean rewriteProbes,
        boolean scrape,
        Duration drainTimeout,
        Duration preStop,
        String heap,
        ObjectNode resources) {

    /** What a pod that says nothing has, as Kubernetes has it. */
    private static final int GRACE_SECONDS = 30;
    /** What is left of a pod's grace for telemetry to leave and the process to end, before it is killed. */
    private static final int RESERVE_SECONDS = 5;

    /**
     * @param pod the pod or the pod template
     * @param name what the pod is called where neither annotation nor label says
     * @param problems collects what is wrong
     */
    static PodOptions of(JsonNode pod, String name, InjectorSettings settings, List<String> problems) {
        JsonNode metadata = pod.path("metadata");
        AnnotationReader reader = new AnnotationReader(metadata.path("annotations"), problems);
        String config = reader.name(Annotation.CONFIG, "");
        Interception interception = interception(reader, settings.interception());
        SidecarKind sidecar = reader.constant(Annotation.SIDECAR, settings.sidecar());
        Duration grace = Duration.ofSeconds(
                pod.path("spec").path("terminationGracePeriodSeconds").asInt(GRACE_SECONDS));
        Duration usable = grace.minusSeconds(RESERVE_SECONDS);
        Duration drainTimeout = reader.time(Annotation.DRAIN_TIMEOUT, drainTimeout(usable, sidecar), grace);
        String heap = reader.heap(Annotation.HEAP, settings.heap());
        return new PodOptions(
                sidecar,
                reader.image(Annotation.IMAGE, settings.image()),
                config.isEmpty() ? settings.configMap() : config,
                !config.isEmpty() || interception.mode() == Interception.Mode.NONE,
                reader.label(Annotation.SERVICE_NAME, serviceName(metadata.path("labels"), name)),
                reader.oneOf(Annotation.UPSTREAM_PROTOCOL, "", "http1", "http2", "auto"),
                interception,
                reader.flag(Annotation.REWRITE_PROBES, settings.rewriteProbes()),
                reader.flag(Annotation.SCRAPE, settings.scrape()),
                drainTimeout,
                atLeast(0, usable.minus(drainTimeout)),
                heap,
                SidecarResources.of(reader, settings.resources(), heap));
    }

    /** A classic sidecar drains in what is left after it has waited for the application. */
    private static Duration drainTimeout(Duration usable, SidecarKind sidecar) {
        long half = usable.toSeconds() - usable.toSeconds() / 2;
        return atLeast(1, sidecar == SidecarKind.NATIVE ? usable : Duration.ofSeconds(half));
    }

    private static Duration atLeast(long seconds, Duration time) {
        return time.toSeconds() < seconds ? Duration.ofSeconds(seconds) : time;
    }

    /** As the recommended labels have it, then as most people did before there were any. */
    private static String serviceName(JsonNode labels, String name) {
        for (String label : List.of("app.kubernetes.io/name", "app")) {
            String value = labels.path(label).asText("");
            if (!value.isEmpty()) {
                return value;
            }
        }
        return name;
    }

    private static Interception interception(AnnotationReader reader, Interception otherwise) {
        return new Interception(
                reader.constant(Annotation.INTERCEPTION, otherwise.mode()),
                reader.flag(Annotation.OUTBOUND, otherwise.outbound()),
                reader.included(Annotation.INCLUDE_INBOUND_PORTS, otherwise.includeInboundPorts()),
                reader.excluded(Annotation.EXCLUDE_INBOUND_PORTS, otherwise.excludeInboundPorts()),
                reader.included(Annotation.INCLUDE_OUTBOUND_PORTS, otherwise.includeOutboundPorts()),
                reader.excluded(Annotation.EXCLUDE_OUTBOUND_PORTS, otherwise.excludeOutboundPorts()),
                reader.cidrs(Annotation.INCLUDE_OUTBOUND_CIDRS, otherwise.includeOutboundCidrs()),
                reader.cidrs(Annotation.EXCLUDE_OUTBOUND_CIDRS, otherwise.excludeOutboundCidrs()));
    }

    boolean isIntercepting() {
        return interception.mode() != Interception.Mode.NONE;
    }

    boolean isTransparentProxy() {
        return interception.mode() == Interception.Mode.TPROXY;
    }
}
