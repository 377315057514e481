package dev.outrigger.inject.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.inject.Injection;
import dev.outrigger.inject.PodInjector;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Answers one question of the API server, {@code AdmissionReview} of {@code admission.k8s.io/v1}. Only new pods are asked
 * about; anything else is allowed as it is, so that a rule that is too wide breaks nothing.
 *
 * <p>Immutable; any thread.
 */
final class AdmissionReview {
    private static final Logger LOG = System.getLogger(AdmissionReview.class.getName());

    /** A CronJob names its jobs after the minute, counted from 1970. */
    private static final Pattern SCHEDULED = Pattern.compile("-\\d{8,}$");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final PodInjector injector;

    AdmissionReview(PodInjector injector) {
        this.injector = injector;
    }

    /**
     * @param body a review with a request
     * @return a review with the response
     * @throws MalformedReview if it is none
     */
    byte[] answer(byte[] body) throws MalformedReview {
        ObjectNode review;
        try {
            review = JSON.readTree(body) instanceof ObjectNode object ? object : JSON.createObjectNode();
        } catch (IOException e) {
            throw new MalformedReview("the body is no JSON", e);
        }
        JsonNode request = review.path("request");
        String uid = request.path("uid").asText("");
        if (!review.path("apiVersion").asText("").equals("admission.k8s.io/v1") || uid.isEmpty()) {
            throw new MalformedReview(
                    "expected an AdmissionReview of admission.k8s.io/v1 with a request and its uid", null);
        }
        ObjectNode answer = JSON.createObjectNode();
        answer.put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
        ObjectNode response = answer.putObject("response").put("uid", uid);
        decide(request, response);
        try {
            return JSON.writeValueAsBytes(answer);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that can not be written", e);
        }
    }

    private void decide(JsonNode request, ObjectNode response) throws MalformedReview {
        boolean isNewPod = request.path("operation").asText().equals("CREATE")
                && request.path("kind").path("group").asText().isEmpty()
                && request.path("kind").path("kind").asText().equals("Pod")
                && request.path("subResource").asText("").isEmpty();
        if (!isNewPod) {
            response.put("allowed", true);
            return;
        }
        if (!(request.get("object") instanceof ObjectNode pod)) {
            throw new MalformedReview("the request has no object", null);
        }
        String name = name(pod);
        Injection injection = injector.inject(pod, name);
        log(request.path("namespace").asText(), name, injection);
        if (injection instanceof Injection.Injected injected) {
            response.put("allowed", true);
            patch(response, JsonPatch.between(pod, injected.pod()));
            warn(response, injected.warnings());
        } else if (injection instanceof Injection.Refused refused) {
            response.put("allowed", false);
            response.putObject("status")
                    .put("code", 422)
                    .put("reason", "Invalid")
                    .put("message", "outrigger: " + refused);
        } else {
            response.put("allowed", true);
        }
    }

    /**
     * What the pod is called, or its owner, without the hash that a ReplicaSet has from its Deployment and the time that a Job
     * has from its CronJob: neither is of use to whoever looks for a service.
     */
    private static String name(JsonNode pod) {
        JsonNode metadata = pod.path("metadata");
        JsonNode owner = owner(metadata.path("ownerReferences"));
        String name = owner.path("name").asText("");
        if (owner.path("kind").asText().equals("Job")) {
            name = SCHEDULED.matcher(name).replaceFirst("");
        }
        String hash = metadata.path("labels").path("pod-template-hash").asText("");
        if (!hash.isEmpty() && name.endsWith('-' + hash)) {
            return name.substring(0, name.length() - hash.length() - 1);
        }
        if (!name.isEmpty()) {
            return name;
        }
        String own = metadata.path("name").asText(metadata.path("generateName").asText(""));
        String trimmed = own.replaceAll("-+$", "");
        return trimmed.isEmpty() ? "outrigger" : trimmed;
    }

    /** The one that made the pod, where others only want it to go when they do. */
    private static JsonNode owner(JsonNode owners) {
        for (JsonNode owner : owners) {
            if (owner.path("controller").asBoolean(false)) {
                return owner;
            }
        }
        return owners.path(0);
    }

    private static void patch(ObjectNode response, ArrayNode operations) {
        response.put("patchType", "JSONPatch");
        response.put(
                "patch",
                Base64.getEncoder().encodeToString(operations.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static void warn(ObjectNode response, List<String> warnings) {
        if (!warnings.isEmpty()) {
            ArrayNode array = response.putArray("warnings");
            warnings.forEach(warning -> array.add("outrigger: " + warning));
        }
    }

    private static void log(String namespace, String name, Injection injection) {
        String pod = "pod of " + name + " in namespace " + namespace;
        if (injection instanceof Injection.Injected injected) {
            LOG.log(Level.INFO, pod + ": injected");
            injected.warnings().forEach(warning -> LOG.log(Level.WARNING, pod + ": " + warning));
        } else if (injection instanceof Injection.Refused refused) {
            LOG.log(Level.WARNING, pod + ": refused: " + refused);
        } else if (injection instanceof Injection.Untouched untouched) {
            LOG.log(Level.INFO, pod + ": left as it is: " + untouched.why());
        }
    }

    /** Not a review: nobody but an API server has anything to ask here. */
    static final class MalformedReview extends Exception {
        MalformedReview(String message, @Nullable IOException cause) {
            super(message, cause);
        }
    }
}
