package dev.outrigger.inject;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * What an operator decides for all pods; annotations of a pod come before it. The defaults stand in {@code settings.yaml},
 * with what each key means, and nowhere else.
 *
 * @param image of the sidecar and of its init container
 * @param imagePullPolicy empty for what the cluster does by itself
 * @param imagePullSecrets names of secrets in the pods' namespaces, added to those of the pod
 * @param configMap the ConfigMap that is read if a pod's namespace has it; empty for none
 * @param config HOCON that lies over what the injector writes, and below the ConfigMap
 * @param heap of the sidecar, at most, as the JVM writes it
 * @param resources of the sidecar, requests and limits
 * @param initResources of the init container
 */
public record InjectorSettings(
        String image,
        String imagePullPolicy,
        List<String> imagePullSecrets,
        SidecarKind sidecar,
        String configMap,
        String config,
        String heap,
        ObjectNode resources,
        ObjectNode initResources,
        Interception interception,
        boolean rewriteProbes,
        boolean scrape) {}
