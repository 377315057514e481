package dev.outrigger.inject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Requests and limits of both containers: what the operator says, over it the pod's annotations, and whether they fit together. */
final class SidecarResources {
    private static final BigDecimal MEBIBYTE = new BigDecimal(1 << 20);
    /** Buffers of 64 MiB, compiled code, classes and threads: with a heap of 128 MiB this is the limit by default. */
    private static final BigDecimal BESIDES_HEAP = MEBIBYTE.multiply(new BigDecimal(192));

    private static final List<String> KINDS = List.of("requests", "limits");

    private final AnnotationReader reader;
    private final ObjectNode resources;

    private SidecarResources(AnnotationReader reader, ObjectNode resources) {
        this.reader = reader;
        this.resources = resources;
    }

    /** @param otherwise the operator's, which fit together */
    static ObjectNode of(AnnotationReader reader, ObjectNode otherwise, String heap) {
        SidecarResources all = new SidecarResources(reader, otherwise.deepCopy());
        all.put("requests", "cpu", reader.cpu(Annotation.CPU_REQUEST));
        all.put("limits", "cpu", reader.cpu(Annotation.CPU_LIMIT));
        all.put("requests", "memory", reader.memory(Annotation.MEMORY_REQUEST));
        all.put("limits", "memory", reader.memory(Annotation.MEMORY_LIMIT));
        all.fit("cpu", Annotation.CPU_REQUEST, Annotation.CPU_LIMIT);
        all.fit("memory", Annotation.MEMORY_REQUEST, Annotation.MEMORY_LIMIT);
        all.holdHeap(heap);
        return all.resources;
    }

    /**
     * Those of the container that installs the rules. It must not decide of which class the pod is, nor offend a quota that the
     * sidecar keeps: with a limit of CPU it has one, and where the sidecar's requests are its limits its own are, too.
     */
    static ObjectNode ofInit(ObjectNode sidecar, ObjectNode otherwise) {
        ObjectNode init = otherwise.deepCopy();
        JsonNode limit = sidecar.path("limits").path("cpu");
        if (!limit.isMissingNode()) {
            ObjectNode limits = init.withObjectProperty("limits");
            if (!limits.has("cpu")) {
                limits.set("cpu", limit);
            }
            boolean isGuaranteed = amount(sidecar, "limits", "memory").isPresent()
                    && List.of("cpu", "memory").stream().allMatch(name -> isRequestLimit(sidecar, name));
            if (isGuaranteed || isOver(init, "cpu")) {
                init.set("requests", limits.deepCopy());
            }
        }
        return init;
    }

    /** Kubernetes takes a limit without a request for both. */
    private static boolean isRequestLimit(ObjectNode resources, String name) {
        Optional<BigDecimal> request = amount(resources, "requests", name);
        return request.isEmpty()
                || amount(resources, "limits", name)
                        .filter(limit -> limit.compareTo(request.get()) == 0)
                        .isPresent();
    }

    /** What is wrong with what an operator says. */
    static List<String> problems(InjectorSettings settings) {
        List<String> problems = new ArrayList<>();
        check("resources", settings.resources(), problems);
        check("initResources", settings.initResources(), problems);
        Optional<BigDecimal> heap = Quantity.heap(settings.heap());
        if (heap.isEmpty()) {
            problems.add("heap: \"" + settings.heap() + "\", expected a size as 256m");
        } else if (isShort(settings.resources(), heap.get())) {
            problems.add("resources.limits.memory: "
                    + settings.resources().path("limits").path("memory").asText() + " for a heap of " + settings.heap()
                    + ", expected " + needed(heap.get()) + " or more");
        }
        return problems;
    }

    private static void check(String key, ObjectNode resources, List<String> problems) {
        resources.properties().forEach(entry -> {
            if (!KINDS.contains(entry.getKey()) || !entry.getValue().isObject()) {
                problems.add(key + '.' + entry.getKey() + ": " + entry.getValue()
                        + ", expected requests and limits, each with quantities");
            }
        });
        for (String name : List.of("cpu", "memory")) {
            for (String kind : KINDS) {
                JsonNode value = resources.path(kind).path(name);
                if (!value.isMissingNode() && amount(resources, kind, name).isEmpty()) {
                    problems.add(key + '.' + kind + '.' + name + ": " + value + ", expected a quantity");
                }
            }
            if (isOver(resources, name)) {
                problems.add(key + ".requests." + name + ": more than the limit, expected no more");
            }
        }
    }

    private static Optional<BigDecimal> amount(JsonNode resources, String kind, String name) {
        String text = resources.path(kind).path(name).asText("");
        return name.equals("cpu") ? Quantity.cpu(text) : Quantity.memory(text);
    }

    private static boolean isOver(ObjectNode resources, String name) {
        Optional<BigDecimal> limit = amount(resources, "limits", name);
        return limit.isPresent()
                && amount(resources, "requests", name)
                        .filter(request -> request.compareTo(limit.get()) > 0)
                        .isPresent();
    }

    private static boolean isShort(ObjectNode resources, BigDecimal heap) {
        return amount(resources, "limits", "memory")
                .filter(limit -> limit.compareTo(heap.add(BESIDES_HEAP)) < 0)
                .isPresent();
    }

    private static String needed(BigDecimal heap) {
        return heap.add(BESIDES_HEAP).divide(MEBIBYTE).toBigInteger() + "Mi";
    }

    private void put(String kind, String name, String quantity) {
        if (!quantity.isEmpty()) {
            resources.withObjectProperty(kind).put(name, quantity);
        }
    }

    /** A request that only the operator made gives way; one of the pod is what somebody wants. */
    private void fit(String name, Annotation request, Annotation limit) {
        if (!isOver(resources, name)) {
            return;
        }
        String most = resources.path("limits").path(name).asText();
        if (reader.has(request)) {
            reader.refuse(request, "no more than the limit of " + most + ", or more in annotation " + limit.key());
        } else {
            resources.withObjectProperty("requests").put(name, most);
        }
    }

    private void holdHeap(String heap) {
        Optional<BigDecimal> bytes = Quantity.heap(heap);
        if (bytes.isEmpty() || !isShort(resources, bytes.get())) {
            return;
        }
        String needed = needed(bytes.get());
        if (reader.has(Annotation.MEMORY_LIMIT)) {
            reader.refuse(
                    Annotation.MEMORY_LIMIT,
                    needed + " or more for a heap of " + heap + ", or less in annotation " + Annotation.HEAP.key());
        } else {
            reader.refuse(
                    Annotation.HEAP, "less, or " + needed + " or more in annotation " + Annotation.MEMORY_LIMIT.key());
        }
    }
}
