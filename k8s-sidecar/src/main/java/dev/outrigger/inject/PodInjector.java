package dev.outrigger.inject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.inject.Injection.Injected;
import dev.outrigger.inject.Injection.Refused;
import dev.outrigger.inject.Injection.Untouched;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts the sidecar into a pod. Asked again about the result it does nothing, so that a webhook may be called twice, and a
 * manifest that was injected by hand may meet one.
 *
 * <p>Immutable; any thread.
 */
public final class PodInjector {
    /** Whose value makes a pod selectable: for monitors, policies, and people. */
    private static final String LABEL = Annotation.PREFIX + "injected";

    private static final String DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";

    /** On what an API server shows of a static pod: its node does not run it like this. */
    private static final String MIRROR = "kubernetes.io/config.mirror";

    private final InjectorSettings settings;

    public PodInjector(InjectorSettings settings) {
        this.settings = settings;
    }

    /**
     * @param pod a pod or a pod template; not changed
     * @param name what its service is called where no label or annotation says
     */
    public Injection inject(ObjectNode pod, String name) {
        Optional<String> malformed = PodChecks.malformed(pod);
        if (malformed.isPresent()) {
            return new Refused(List.of(malformed.get()));
        }
        JsonNode annotations = pod.path("metadata").path("annotations");
        JsonNode labels = pod.path("metadata").path("labels");
        String wish = annotations
                .path(Annotation.INJECT.key())
                .asText(labels.path(Annotation.INJECT.key()).asText(""));
        if (wish.equals("false")) {
            return new Untouched(Annotation.INJECT.key() + " is false");
        }
        if (annotations.has(MIRROR)) {
            return new Untouched("it mirrors a pod that its node has by itself");
        }
        boolean hasSidecar = PodChecks.containers(pod.path("spec"))
                .anyMatch(container -> container.path("name").asText().equals(Sidecar.NAME));
        boolean wasHere = annotations.has(Annotation.STATUS.key());
        if (hasSidecar) {
            return wasHere ? again(pod) : new Untouched("it has a container " + Sidecar.NAME + " of its own");
        }
        Optional<String> outOfScope = PodChecks.outOfScope(pod.path("spec"));
        if (outOfScope.isPresent()) {
            return wish.equals("true")
                    ? new Refused(List.of("annotation " + Annotation.INJECT.key()
                            + " is \"true\", but the pod can not have a" + " sidecar: " + outOfScope.get()))
                    : new Untouched(outOfScope.get());
        }
        return inject(pod.deepCopy(), name, wish);
    }

    /** What has come into the pod since must not get past the rules either. */
    private static Injection again(ObjectNode pod) {
        String status = pod.path("metadata")
                .path("annotations")
                .path(Annotation.STATUS.key())
                .asText();
        Interception.Mode mode = Arrays.stream(Interception.Mode.values())
                .filter(any ->
                        status.contains("\"interception\":\"" + any.name().toLowerCase(Locale.ROOT) + '"'))
                .findFirst()
                .orElse(Interception.Mode.REDIRECT);
        List<String> problems = new ArrayList<>();
        new PodChecks(pod.path("spec"), mode, problems).checkContainers();
        return problems.isEmpty() ? new Untouched("it is injected already") : new Refused(List.copyOf(problems));
    }

    private Injection inject(ObjectNode pod, String name, String wish) {
        List<String> problems = new ArrayList<>();
        if (!wish.isEmpty() && !wish.equals("true")) {
            problems.add("annotation " + Annotation.INJECT.key() + ": \"" + wish + "\", expected "
                    + Annotation.INJECT.expected());
        }
        JsonNode annotations = pod.path("metadata").path("annotations");
        for (Annotation written : List.of(Annotation.STATUS, Annotation.SIDECAR_CONFIG)) {
            if (annotations.has(written.key())) {
                problems.add("annotation " + written.key() + " is there without a container " + Sidecar.NAME
                        + ", expected " + written.expected());
            }
        }
        PodOptions options = PodOptions.of(pod, name, settings, problems);
        new PodChecks(pod.path("spec"), options.interception().mode(), problems).run(options);
        if (!problems.isEmpty()) {
            return new Refused(List.copyOf(problems));
        }
        List<String> warnings = new ArrayList<>();
        change(pod, options, warnings);
        return new Injected(pod, List.copyOf(warnings));
    }

    private void change(ObjectNode pod, PodOptions options, List<String> warnings) {
        ObjectNode spec = pod.withObjectProperty("spec");
        ObjectNode metadata = pod.withObjectProperty("metadata");
        ObjectNode annotations = metadata.withObjectProperty("annotations");
        List<Integer> ports = applicationPorts(spec);
        ProbeRewriter rewriter = new ProbeRewriter(warnings);
        // Init containers that go on running are probed before a classic sidecar is there to pass that on.
        if (options.rewriteProbes()) {
            PodChecks.stream(spec.path("containers")).forEach(container -> rewriter.rewrite((ObjectNode) container));
            PodChecks.stream(spec.path("initContainers"))
                    .filter(container -> options.sidecar() == SidecarKind.NATIVE)
                    .forEach(container -> rewriter.rewrite((ObjectNode) container));
        }
        Optional<String> metrics = options.scrape()
                ? new ScrapeAnnotations(annotations, warnings).takeOver(ports.isEmpty() ? 0 : ports.get(0))
                : Optional.empty();
        annotations.put(
                Annotation.SIDECAR_CONFIG.key(),
                SidecarConfig.of(options, settings.config(), rewriter.probes(), metrics));
        String firstContainer = spec.path("containers").path(0).path("name").asText("");
        addContainers(spec, options, ports);
        if (options.sidecar() == SidecarKind.CLASSIC
                && !annotations.has(DEFAULT_CONTAINER)
                && !firstContainer.isEmpty()) {
            annotations.put(DEFAULT_CONTAINER, firstContainer);
        }
        annotations.put(Annotation.STATUS.key(), status(options));
        metadata.withObjectProperty("labels").put(LABEL, "true");
    }

    /** In the order of the containers that declare them. */
    private static List<Integer> applicationPorts(JsonNode spec) {
        return PodChecks.stream(spec.path("containers"))
                .flatMap(container -> PodChecks.stream(container.path("ports")))
                .filter(port -> port.path("protocol").asText("TCP").equals("TCP"))
                .map(port -> port.path("containerPort").asInt())
                .distinct()
                .toList();
    }

    /**
     * A native sidecar and its rules come before everything else, so that every init container has both. A classic one serves
     * only after the last init container is done: until then there must be no rules that lead to it.
     */
    private void addContainers(ObjectNode spec, PodOptions options, List<Integer> ports) {
        Sidecar sidecar = new Sidecar(options, settings, ports);
        InitContainer init = new InitContainer(options, settings);
        ObjectNode container = confined(sidecar.container(), spec);
        ObjectNode rules = confined(init.container(), spec);
        ArrayNode volumes = array(spec, "volumes");
        volumes.addAll(sidecar.volumes());
        if (options.isIntercepting()) {
            volumes.add(init.volume());
        }
        if (options.sidecar() == SidecarKind.NATIVE) {
            array(spec, "initContainers").insert(0, container);
            if (options.isIntercepting()) {
                array(spec, "initContainers").insert(0, rules);
            }
        } else {
            array(spec, "containers").insert(0, container);
            if (options.isIntercepting()) {
                array(spec, "initContainers").add(rules);
            }
        }
        addPullSecrets(spec);
    }

    /** A profile that the pod was given for its application knows nothing of rules and sockets. */
    private static ObjectNode confined(ObjectNode container, JsonNode spec) {
        JsonNode type = spec.path("securityContext").path("appArmorProfile").path("type");
        if (type.asText().equals("Localhost")) {
            container
                    .withObjectProperty("securityContext")
                    .putObject("appArmorProfile")
                    .put("type", "RuntimeDefault");
        }
        return container;
    }

    private void addPullSecrets(ObjectNode spec) {
        for (String secret : settings.imagePullSecrets()) {
            boolean isThere = PodChecks.stream(spec.path("imagePullSecrets"))
                    .anyMatch(own -> own.path("name").asText().equals(secret));
            if (!isThere) {
                array(spec, "imagePullSecrets").addObject().put("name", secret);
            }
        }
    }

    /** The array under a key, made if it is missing or null. */
    private static ArrayNode array(ObjectNode parent, String key) {
        @Nullable JsonNode existing = parent.get(key);
        return existing instanceof ArrayNode array ? array : parent.putArray(key);
    }

    private static String status(PodOptions options) {
        return "{\"sidecar\":\"" + options.sidecar().name().toLowerCase(Locale.ROOT) + "\",\"interception\":\""
                + options.interception().mode().name().toLowerCase(Locale.ROOT) + "\"}";
    }
}
