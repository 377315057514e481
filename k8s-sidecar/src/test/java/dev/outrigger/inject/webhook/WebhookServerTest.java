package dev.outrigger.inject.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.inject.PodInjector;
import dev.outrigger.inject.SettingsFile;
import dev.outrigger.inject.certs.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By TLS, with certificates like those of a cluster, as an API server asks. */
class WebhookServerTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String POD =
            "{'apiVersion':'v1','kind':'Pod','metadata':{'generateName':'weather-6d4-','labels':{'pod-template-hash':'6d4'},"
                    + "'ownerReferences':[{'kind':'ReplicaSet','name':'weather-6d4'}]%s},'spec':{'containers':[{'name':'app',"
                    + "'image':'a','fieldOfTheFuture':{'x':[1]}}]}}";

    private static TestCertificates first;
    private static TestCertificates second;

    @TempDir
    private Path tls;

    private TestCertificates certificates = first;
    private WebhookServer server;

    @BeforeAll
    static void makeCertificates(@TempDir Path temporary) throws Exception {
        first = TestCertificates.make(temporary, "localhost");
        second = TestCertificates.make(temporary, "localhost");
    }

    @BeforeEach
    void start() throws Exception {
        certificates.writeTo(tls);
        server = WebhookServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                tls,
                new PodInjector(SettingsFile.defaults()));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void injectsANewPodByAPatch() throws Exception {
        JsonNode pod = json(String.format(POD, ""));

        JsonNode response = ask(pod, "CREATE");

        assertEquals("u-1", response.path("uid").asText());
        assertTrue(response.path("allowed").asBoolean());
        assertEquals("JSONPatch", response.path("patchType").asText());
        JsonNode patch =
                JSON.readTree(Base64.getDecoder().decode(response.path("patch").asText()));
        JsonNode patched = PatchApplied.to(pod, patch);
        assertEquals("outrigger", patched.at("/spec/initContainers/1/name").asText());
        assertEquals(pod.at("/spec/containers/0"), patched.at("/spec/containers/0"));
        String config = patched.at("/metadata/annotations")
                .path("outrigger.dev/sidecar-config")
                .asText();
        assertTrue(config.contains("service-name = \"weather\""), config);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'kind':'Job','name':'report-28012345','controller':true} | report",
                "{'kind':'Job','name':'report-2024'} | report-2024",
                "{'kind':'StatefulSet','name':'weather-28012345'} | weather-28012345",
                "{'kind':'Other','name':'a'},{'kind':'StatefulSet','name':'b','controller':true} | b",
            })
    void callsAPodAfterWhatMadeIt(String owners, String expected) throws Exception {
        JsonNode pod = json("{'apiVersion':'v1','kind':'Pod','metadata':{'ownerReferences':[" + owners
                + "]},'spec':{'containers':[]}}");

        String patch = ask(pod, "CREATE").path("patch").asText();

        String decoded = new String(Base64.getDecoder().decode(patch), StandardCharsets.UTF_8);
        assertTrue(decoded.contains("service-name = \\\"" + expected + "\\\""), decoded);
    }

    @Test
    void changesNothingThatIsInjected() throws Exception {
        JsonNode pod = json(String.format(POD, ""));
        JsonNode patch = JSON.readTree(
                Base64.getDecoder().decode(ask(pod, "CREATE").path("patch").asText()));

        JsonNode again = ask(PatchApplied.to(pod, patch), "CREATE");

        assertTrue(again.path("allowed").asBoolean());
        assertFalse(again.has("patch"));
    }

    @Test
    void refusesWithTheReason() throws Exception {
        JsonNode pod = json(String.format(POD, ",'annotations':{'outrigger.dev/outbound':'never'}"));

        JsonNode response = ask(pod, "CREATE");

        assertFalse(response.path("allowed").asBoolean());
        assertEquals(
                "outrigger: annotation outrigger.dev/outbound: \"never\", expected true or false",
                response.at("/status/message").asText());
    }

    @Test
    void letsEverythingPassThatIsNoNewPod() throws Exception {
        JsonNode response = ask(json(String.format(POD, "")), "UPDATE");

        assertTrue(response.path("allowed").asBoolean());
        assertFalse(response.has("patch"));
    }

    @Test
    void warnsTheOneWhoCreatesAPod() throws Exception {
        JsonNode pod = json(
                String.format(POD, ",'annotations':{'prometheus.io/scrape':'true','prometheus.io/scheme':'https'}"));

        assertTrue(ask(pod, "CREATE")
                .path("warnings")
                .path(0)
                .asText()
                .startsWith("outrigger: annotation prometheus.io/"));
    }

    @Test
    void saysWhatItExpects() throws Exception {
        assertEquals(400, post("{}").statusCode());
        assertEquals(400, post("no JSON").statusCode());
        assertEquals(
                400,
                post("{\"apiVersion\":\"admission.k8s.io/v1\",\"apiVersion\":\"x\"}")
                        .statusCode());
        assertEquals(413, post(" ".repeat(6 * 1024 * 1024 + 1024)).statusCode());
        assertEquals(405, get("/inject").statusCode());
        assertEquals(404, get("/other").statusCode());
    }

    @Test
    void isReadyUntilItLeaves() throws Exception {
        assertEquals(200, get("/ready").statusCode());
        assertEquals(List.of(), get("/live").headers().allValues("Connection"));

        server.leave();

        assertEquals(503, get("/ready").statusCode());
        assertEquals(200, get("/live").statusCode());
        assertEquals(List.of("close"), get("/live").headers().allValues("Connection"));
    }

    @Test
    void servesWithARenewedCertificate() throws Exception {
        Object before = get("/live").sslSession().orElseThrow().getPeerCertificates()[0];
        certificates = second;
        certificates.writeTo(tls);

        server.refresh();

        assertNotEquals(before, get("/live").sslSession().orElseThrow().getPeerCertificates()[0]);
    }

    @Test
    void keepsACertificateWhileTheFilesDoNotBelongTogether() throws Exception {
        second.writeKeyTo(tls);

        server.refresh();

        assertEquals(200, get("/live").statusCode());
    }

    @Test
    void isNotReadyBeforeItHasACertificate(@TempDir Path empty) throws Exception {
        LiveCertificate certificate = new LiveCertificate(empty);
        Instant now = Instant.now();
        assertFalse(certificate.isValid(now));

        certificates.writeTo(empty);
        assertTrue(certificate.refresh());
        assertTrue(certificate.isValid(now));
        assertFalse(certificate.refresh());
    }

    @Test
    void isNotReadyWithACertificateThatHoldsNoMoreOrNotYet() throws Exception {
        LiveCertificate certificate = new LiveCertificate(tls);
        certificate.refresh();

        assertFalse(certificate.isValid(Instant.now().plus(Duration.ofDays(2))));
        assertFalse(certificate.isValid(Instant.now().minus(Duration.ofDays(2))));
    }

    private JsonNode ask(JsonNode pod, String operation) throws Exception {
        ObjectNode review =
                JSON.createObjectNode().put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
        ObjectNode request = review.putObject("request").put("uid", "u-1").put("operation", operation);
        request.put("namespace", "mcp")
                .putObject("kind")
                .put("group", "")
                .put("version", "v1")
                .put("kind", "Pod");
        request.set("object", pod);
        HttpResponse<String> response = post(review.toString());
        assertEquals(200, response.statusCode(), response.body());
        JsonNode answer = JSON.readTree(response.body());
        assertEquals("AdmissionReview", answer.path("kind").asText());
        return answer.path("response");
    }

    private HttpResponse<String> post(String body) throws Exception {
        return client().send(
                        HttpRequest.newBuilder(uri("/inject?timeout=10s"))
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client().send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
    }

    /** One for each request, since it keeps connections, and those their certificates. */
    private HttpClient client() throws Exception {
        return HttpClient.newBuilder().sslContext(certificates.trusting()).build();
    }

    private URI uri(String path) {
        return URI.create("https://localhost:" + server.address().getPort() + path);
    }

    private static JsonNode json(String text) throws IOException {
        return JSON.readTree(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }
}
