package dev.outrigger.inject;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The container that installs the rules of interception in the pod's network, proves them, and ends. The only one that is root
 * with capabilities, which is why the sidecar does not do it itself.
 */
final class InitContainer {
    static final String NAME = "outrigger-init";
    /** iptables keeps its lock there, and the root file system is read-only. */
    static final String RUN_VOLUME = "outrigger-run";

    private final PodOptions options;
    private final InjectorSettings settings;
    private final JsonNodeFactory json = JsonNodeFactory.instance;

    InitContainer(PodOptions options, InjectorSettings settings) {
        this.options = options;
        this.settings = settings;
    }

    ObjectNode container() {
        ObjectNode container = json.objectNode().put("name", NAME).put("image", options.image());
        if (!settings.imagePullPolicy().isEmpty()) {
            container.put("imagePullPolicy", settings.imagePullPolicy());
        }
        ArrayNode arguments = container.putArray("args");
        arguments().forEach(arguments::add);
        container.set("resources", SidecarResources.ofInit(options.resources(), settings.initResources()));
        container.set("securityContext", securityContext());
        ArrayNode mounts = container.putArray("volumeMounts");
        mounts.addObject().put("name", RUN_VOLUME).put("mountPath", "/run");
        mounts.addObject().put("name", Sidecar.TEMPORARY_VOLUME).put("mountPath", "/tmp");
        Sidecar.hideToken(mounts);
        return container;
    }

    private List<String> arguments() {
        Interception interception = options.interception();
        List<String> arguments = new ArrayList<>();
        arguments.add("init-interception");
        arguments.add("--proxy-uid=" + Sidecar.USER);
        if (options.isTransparentProxy()) {
            arguments.add("--proxy-gid=" + Sidecar.USER);
        }
        arguments.add("--inbound-port=" + Sidecar.INBOUND_PORT);
        arguments.add("--inbound-mode=" + interception.mode().name().toLowerCase(Locale.ROOT));
        arguments.add("--inbound-ports=" + String.join(",", interception.includeInboundPorts()));
        addList(arguments, "--exclude-inbound-ports=", interception.excludeInboundPorts());
        if (interception.outbound()) {
            arguments.add("--outbound-port=" + Sidecar.OUTBOUND_PORT);
            arguments.add("--outbound-ports=" + String.join(",", interception.includeOutboundPorts()));
            addList(arguments, "--exclude-outbound-ports=", interception.excludeOutboundPorts());
            addList(arguments, "--include-outbound-cidrs=", interception.includeOutboundCidrs());
            addList(arguments, "--exclude-outbound-cidrs=", interception.excludeOutboundCidrs());
        } else {
            arguments.add("--no-outbound");
        }
        arguments.add("--validate");
        return arguments;
    }

    private static void addList(List<String> arguments, String option, List<String> values) {
        if (!values.isEmpty()) {
            arguments.add(option + String.join(",", values));
        }
    }

    /** Root, since Kubernetes gives capabilities to nobody else, and of its powers only those that rules take. */
    private ObjectNode securityContext() {
        ObjectNode context = json.objectNode()
                .put("runAsUser", 0)
                .put("runAsGroup", 0)
                .put("runAsNonRoot", false)
                .put("readOnlyRootFilesystem", true)
                .put("allowPrivilegeEscalation", false);
        ObjectNode capabilities = context.putObject("capabilities");
        capabilities.putArray("drop").add("ALL");
        capabilities.putArray("add").add("NET_ADMIN").add("NET_RAW");
        context.putObject("seccompProfile").put("type", "RuntimeDefault");
        return context;
    }

    ObjectNode volume() {
        ObjectNode volume = json.objectNode().put("name", RUN_VOLUME);
        volume.putObject("emptyDir");
        return volume;
    }
}
