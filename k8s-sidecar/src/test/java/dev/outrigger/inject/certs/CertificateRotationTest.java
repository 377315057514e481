package dev.outrigger.inject.certs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateRotationTest {
    private static final CertificateRotation.Target TARGET = new CertificateRotation.Target(
            "mesh", "injector", "injector-tls", "outrigger", Duration.ofDays(90), Duration.ofDays(30));

    @TempDir
    private Path temporary;

    private FakeCluster cluster;
    private Instant now = Instant.now();

    @BeforeEach
    void startCluster() throws IOException {
        cluster = new FakeCluster();
        cluster.put(TARGET.secretPath(), "{'metadata':{'name':'injector-tls'},'type':'Opaque'}");
        cluster.put(
                TARGET.configurationPath(),
                "{'webhooks':[{'name':'a','clientConfig':{'service':{'name':'injector'}}},{'name':'b'}]}");
    }

    @AfterEach
    void stopCluster() {
        cluster.close();
    }

    @Test
    void makesTheFirstCertificateAndHasItTrusted() throws Exception {
        assertEquals("certificate made: there was none", run());

        X509Certificate certificate = stored("tls.crt").get(0);
        certificate.verify(trusted(0).get(0).getPublicKey());
        certificate.verify(trusted(1).get(0).getPublicKey());
        assertEquals(
                List.of("injector.mesh.svc", "injector.mesh.svc.cluster.local", "injector.mesh"),
                certificate.getSubjectAlternativeNames().stream()
                        .map(name -> name.get(1))
                        .toList());
        assertEquals(
                "injector",
                configuration()
                        .path("webhooks")
                        .path(0)
                        .at("/clientConfig/service/name")
                        .asText());
    }

    @Test
    void trustsBeforeItServes() throws Exception {
        run();

        List<String> writes = cluster.requests().stream()
                .filter(request -> request.startsWith("PUT"))
                .toList();
        assertEquals(List.of("PUT " + TARGET.configurationPath(), "PUT " + TARGET.secretPath()), writes);
    }

    @Test
    void leavesAGoodCertificateAlone() throws Exception {
        run();
        JsonNode before = cluster.object(TARGET.secretPath());

        assertEquals("nothing to do", run());
        assertEquals(before, cluster.object(TARGET.secretPath()));
    }

    @Test
    void renewsInTimeAndGoesOnTrustingTheOldOne() throws Exception {
        run();
        X509Certificate old = stored("tls.crt").get(0);

        now = now.plus(Duration.ofDays(61));
        assertTrue(run().startsWith("certificate made: the old one ends "));

        assertNotEquals(old, stored("tls.crt").get(0));
        assertEquals(2, trusted(0).size());
        stored("tls.crt").get(0).verify(trusted(0).get(0).getPublicKey());
        old.verify(trusted(0).get(1).getPublicKey());
    }

    @Test
    void forgetsAuthoritiesThatAreOver() throws Exception {
        run();
        now = now.plus(Duration.ofDays(100));
        run();

        assertEquals(1, trusted(0).size());
    }

    @Test
    void putsTrustBackThatSomebodyTookAway() throws Exception {
        run();
        cluster.put(TARGET.configurationPath(), "{'webhooks':[{'name':'a','clientConfig':{'caBundle':'Cg=='}}]}");

        assertEquals("trust renewed", run());
        stored("tls.crt").get(0).verify(trusted(0).get(0).getPublicKey());
    }

    @Test
    void makesAnotherForAnotherName() throws Exception {
        run();
        CertificateRotation.Target moved = new CertificateRotation.Target(
                "mesh", "renamed", "injector-tls", "outrigger", Duration.ofDays(90), Duration.ofDays(30));

        assertEquals(
                "certificate made: the old one is not for renamed.mesh.svc",
                rotation(moved).run());
    }

    @Test
    void saysWhatTheApiServerSays() throws Exception {
        CertificateRotation.Target absent = new CertificateRotation.Target(
                "mesh", "injector", "no-such", "outrigger", Duration.ofDays(90), Duration.ofDays(30));

        IOException failure =
                assertThrows(IOException.class, () -> rotation(absent).run());
        assertEquals("GET /api/v1/namespaces/mesh/secrets/no-such: status 404, not found", failure.getMessage());
    }

    @Test
    void showsTheTokenOfTheMoment() throws Exception {
        Path token = Files.writeString(temporary.resolve("token"), "first\n");
        Cluster client = Cluster.at(cluster.uri(), token, null);
        client.read(TARGET.secretPath());
        Files.writeString(token, "second");
        client.read(TARGET.secretPath());

        assertEquals(
                List.of(
                        "GET " + TARGET.secretPath() + " Bearer first",
                        "GET " + TARGET.secretPath() + " Bearer second"),
                cluster.requests());
    }

    private String run() throws Exception {
        return rotation(TARGET).run();
    }

    private CertificateRotation rotation(CertificateRotation.Target target) throws IOException {
        return new CertificateRotation(Cluster.at(cluster.uri(), null, null), target, temporary, () -> now);
    }

    private List<X509Certificate> stored(String key) {
        return certificates(cluster.object(TARGET.secretPath()).path("data").path(key));
    }

    private List<X509Certificate> trusted(int webhook) {
        return certificates(configuration().path("webhooks").path(webhook).at("/clientConfig/caBundle"));
    }

    private JsonNode configuration() {
        return cluster.object(TARGET.configurationPath());
    }

    private static List<X509Certificate> certificates(JsonNode base64) {
        return Pem.certificates(new String(Base64.getDecoder().decode(base64.asText()), StandardCharsets.US_ASCII));
    }
}
