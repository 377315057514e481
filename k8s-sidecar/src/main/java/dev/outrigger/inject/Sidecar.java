package dev.outrigger.inject;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * The sidecar's container, its volumes, and the numbers that it and the rules of interception agree on. They are the
 * contract's defaults and not settings: a pod has one sidecar, and every dashboard, policy and runbook knows them.
 */
final class Sidecar {
    static final String NAME = "outrigger";
    static final int USER = 1337;
    static final int INBOUND_PORT = 15006;
    static final int OUTBOUND_PORT = 15001;
    static final int STATUS_PORT = 9465;
    static final int ADMIN_PORT = 15000;
    static final List<Integer> PORTS = List.of(INBOUND_PORT, OUTBOUND_PORT, STATUS_PORT, ADMIN_PORT);

    static final String CONFIG_VOLUME = "outrigger-config";
    /** Native libraries are unpacked there: the root file system is read-only. */
    static final String TEMPORARY_VOLUME = "outrigger-tmp";

    /** Empty, in the place of the pod's token for the API server, which Kubernetes puts into containers that have nothing there. */
    static final String NO_TOKEN_VOLUME = "outrigger-no-token";

    static final String CONFIG_FILE = "outrigger.conf";
    /** What the configuration that the injector writes includes last. */
    static final String CONFIG_MAP_FILE = "configmap.conf";

    private static final String CONFIG_DIRECTORY = "/etc/outrigger";
    /** Ready in half a second; a node that starts a hundred pods at once takes longer. */
    private static final int START_SECONDS = 60;

    /** What the launcher's archive is made for: told to it, the sidecar would start slower and be no different. */
    private static final String LAUNCHERS_HEAP = "128m";

    private static final int READ_ONLY_MODE = 0444;

    private final PodOptions options;
    private final InjectorSettings settings;
    private final List<Integer> applicationPorts;
    private final JsonNodeFactory json = JsonNodeFactory.instance;

    /** @param applicationPorts what the application listens to as far as the pod tells, for the hooks of a classic sidecar */
    Sidecar(PodOptions options, InjectorSettings settings, List<Integer> applicationPorts) {
        this.options = options;
        this.settings = settings;
        this.applicationPorts = List.copyOf(applicationPorts);
    }

    ObjectNode container() {
        ObjectNode container = json.objectNode().put("name", NAME).put("image", options.image());
        if (!settings.imagePullPolicy().isEmpty()) {
            container.put("imagePullPolicy", settings.imagePullPolicy());
        }
        if (options.sidecar() == SidecarKind.NATIVE) {
            container.put("restartPolicy", "Always");
        }
        container.putArray("args").add("run").add("-c").add(CONFIG_DIRECTORY + '/' + CONFIG_FILE);
        container
                .putArray("ports")
                .addObject()
                .put("name", NAME)
                .put("containerPort", STATUS_PORT)
                .put("protocol", "TCP");
        if (!options.heap().equalsIgnoreCase(LAUNCHERS_HEAP)) {
            container.putArray("env").addObject().put("name", "OUTRIGGER_HEAP").put("value", options.heap());
        }
        container.set("resources", options.resources());
        container.set("startupProbe", startupProbe());
        container.set("livenessProbe", probe("/live").put("periodSeconds", 10).put("failureThreshold", 3));
        container.set("readinessProbe", probe("/ready").put("periodSeconds", 5).put("failureThreshold", 2));
        if (options.sidecar() == SidecarKind.CLASSIC) {
            container.set("lifecycle", hooks());
        }
        container.set("securityContext", securityContext());
        ArrayNode mounts = container.putArray("volumeMounts");
        mounts.addObject()
                .put("name", CONFIG_VOLUME)
                .put("mountPath", CONFIG_DIRECTORY)
                .put("readOnly", true);
        mounts.addObject().put("name", TEMPORARY_VOLUME).put("mountPath", "/tmp");
        hideToken(mounts);
        return container;
    }

    /** Neither of the containers has anything to ask an API server. */
    static void hideToken(ArrayNode mounts) {
        mounts.addObject()
                .put("name", NO_TOKEN_VOLUME)
                .put("mountPath", "/var/run/secrets/kubernetes.io/serviceaccount")
                .put("readOnly", true);
    }

    /**
     * Asks whether the sidecar serves. Not {@code /ready}, which has an opinion on upstreams too: the application behind the
     * sidecar is one, and does not start before this probe has passed.
     */
    private ObjectNode startupProbe() {
        return probe("/health").put("periodSeconds", 1).put("failureThreshold", START_SECONDS);
    }

    private ObjectNode probe(String path) {
        ObjectNode probe = json.objectNode();
        probe.putObject("httpGet").put("path", path).put("port", STATUS_PORT);
        return probe.put("timeoutSeconds", 1);
    }

    /**
     * What a native sidecar needs no hooks for: the kubelet starts the next container when the first hook is done, and every
     * container is told to stop at once, so the second hook keeps the sidecar from hearing of it while the application works.
     */
    private ObjectNode hooks() {
        ObjectNode hooks = json.objectNode();
        hooks.putObject("postStart")
                .putObject("exec")
                .putArray("command")
                .add(NAME)
                .add("inject")
                .add("post-start")
                .add("--at-most=" + START_SECONDS + 's');
        ArrayNode command = hooks.putObject("preStop")
                .putObject("exec")
                .putArray("command")
                .add(NAME)
                .add("inject")
                .add("pre-stop")
                .add("--at-most=" + options.preStop().toSeconds() + 's');
        applicationPorts.forEach(port -> command.add("--port=" + port));
        return hooks;
    }

    /**
     * Nobody and nothing, but for TPROXY: sockets with foreign addresses take NET_ADMIN, and Kubernetes has no way of giving a
     * capability to a process that is not root. The rules know the sidecar by its group then.
     */
    private ObjectNode securityContext() {
        boolean isRoot = options.isTransparentProxy();
        ObjectNode context = json.objectNode()
                .put("runAsUser", isRoot ? 0 : USER)
                .put("runAsGroup", USER)
                .put("runAsNonRoot", !isRoot)
                .put("readOnlyRootFilesystem", true)
                .put("allowPrivilegeEscalation", false);
        ObjectNode capabilities = context.putObject("capabilities");
        capabilities.putArray("drop").add("ALL");
        if (isRoot) {
            capabilities.putArray("add").add("NET_ADMIN");
        }
        context.putObject("seccompProfile").put("type", "RuntimeDefault");
        return context;
    }

    ArrayNode volumes() {
        ArrayNode volumes = json.arrayNode();
        ObjectNode projected = volumes.addObject().put("name", CONFIG_VOLUME).putObject("projected");
        projected.put("defaultMode", READ_ONLY_MODE);
        ArrayNode sources = projected.putArray("sources");
        sources.addObject()
                .putObject("downwardAPI")
                .putArray("items")
                .addObject()
                .put("path", CONFIG_FILE)
                .putObject("fieldRef")
                .put("fieldPath", "metadata.annotations['" + Annotation.SIDECAR_CONFIG.key() + "']");
        if (!options.config().isEmpty()) {
            ObjectNode configMap = sources.addObject().putObject("configMap").put("name", options.config());
            configMap.put("optional", !options.isConfigRequired());
            configMap.putArray("items").addObject().put("key", CONFIG_FILE).put("path", CONFIG_MAP_FILE);
        }
        volumes.addObject().put("name", TEMPORARY_VOLUME).putObject("emptyDir");
        volumes.addObject().put("name", NO_TOKEN_VOLUME).putObject("emptyDir");
        return volumes;
    }
}
