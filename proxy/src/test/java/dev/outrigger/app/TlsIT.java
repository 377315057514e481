package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Certificates;
import dev.outrigger.testing.Certificates.Authority;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS towards clients, as clients see it. */
@Timeout(120)
class TlsIT {
    private static final String HANDSHAKES = "outrigger_tls_handshakes_total";

    private final Authority authority = new Authority("test root");
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final TlsClient client = TlsClient.trusting(authority);
    private ScriptedUpstream upstream;

    @TempDir
    private Path directory;

    @BeforeEach
    void startUpstream() throws IOException {
        upstream = new ScriptedUpstream(connection -> {
            seen.add(connection.readRequest());
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        });
        authority.write(directory.resolve("ca.pem"));
        authority.issue("first", "dns:first.test", "ip:127.0.0.1").write(file("first.crt"), file("first.key"));
        authority.issue("wild", "dns:*.wild.test").write(file("wild.crt"), file("wild.key"));
        authority.issueRsa("exact", "dns:exact.wild.test").write(file("exact.crt"), file("exact.key"));
    }

    @AfterEach
    void stopUpstream() throws IOException {
        upstream.close();
    }

    private Path file(String name) {
        return directory.resolve(name);
    }

    private RunningSidecar sidecar(String... more) throws Exception {
        return RunningSidecar.before(upstream.port(), """
                listeners.inbound.tls {
                  certificates = [
                    { certificate-file = "%1$s/first.crt", key-file = "%1$s/first.key" }
                    { certificate-file = "%1$s/wild.crt", key-file = "%1$s/wild.key" }
                    { certificate-file = "%1$s/exact.crt", key-file = "%1$s/exact.key" }
                  ]
                  handshake-timeout = 60s
                }
                """.formatted(directory) + String.join("\n", more));
    }

    private RunningSidecar mutual(String clientAuth) throws Exception {
        return sidecar(
                "listeners.inbound.tls.client-auth = " + clientAuth,
                "listeners.inbound.tls.client-ca-file = \"" + file("ca.pem") + "\"");
    }

    private static String subject(SSLSocket socket) throws IOException {
        X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
        return shown.getSubjectX500Principal().getName();
    }

    @Test
    void anExchangePassesAndItsConnectionEndsAsTlsSays() throws Exception {
        try (RunningSidecar sidecar = sidecar()) {
            String answer = client.exchange(sidecar.inbound(), "first.test");
            assertTrue(answer.startsWith("HTTP/1.1 200 OK") && answer.endsWith("hello"), answer);
            assertTrue(seen.get(0).contains("x-forwarded-proto: https"), seen.get(0));
            sidecar.awaitMetric(1, HANDSHAKES, "side=\"downstream\"", "name=\"inbound\"", "result=\"ok\"");
        }
    }

    @Test
    void theCertificateIsTheOneForTheNameThatIsAskedFor() throws Exception {
        try (RunningSidecar sidecar = sidecar()) {
            assertEquals("CN=first", shownFor(sidecar, "first.test"));
            assertEquals("CN=wild", shownFor(sidecar, "a.wild.test"));
            assertEquals("CN=exact", shownFor(sidecar, "exact.wild.test"));
            assertEquals("CN=first", shownFor(sidecar, "a.b.wild.test"));
            assertEquals("CN=first", shownFor(sidecar, ""));
        }
    }

    private String shownFor(RunningSidecar sidecar, String name) throws IOException {
        // A new client each time: the JDK's would take its session up again, with the name that it was made for.
        try (SSLSocket socket = TlsClient.trusting(authority).connect(sidecar.inbound(), name)) {
            return subject(socket);
        }
    }

    @Test
    void bothVersionsAreSpokenUnlessTheOlderIsExcluded() throws Exception {
        try (RunningSidecar sidecar = sidecar()) {
            for (String version : List.of("TLSv1.2", "TLSv1.3")) {
                try (SSLSocket socket = client.connect(sidecar.inbound(), "first.test", version)) {
                    assertEquals(version, socket.getSession().getProtocol());
                }
            }
        }
        try (RunningSidecar sidecar = sidecar("listeners.inbound.tls.min-version = \"1.3\"")) {
            assertThrows(SSLException.class, () -> client.connect(sidecar.inbound(), "first.test", "TLSv1.2"));
            sidecar.awaitMetric(1, HANDSHAKES, "result=\"protocol\"");
        }
    }

    @Test
    void aClientTakesItsSessionUpAgain() throws Exception {
        try (RunningSidecar sidecar = sidecar()) {
            for (String version : List.of("TLSv1.2", "TLSv1.3")) {
                double before = sidecar.metric("outrigger_tls_sessions_resumed_total");
                for (int i = 0; i < 2; i++) {
                    try (SSLSocket socket = client.connect(sidecar.inbound(), "", version)) {
                        TlsClient.exchange(socket);
                    }
                }
                sidecar.awaitMetric(before + 1, "outrigger_tls_sessions_resumed_total");
            }
        }
        try (RunningSidecar sidecar = sidecar("listeners.inbound.tls.session-timeout = 0s")) {
            for (int i = 0; i < 2; i++) {
                client.exchange(sidecar.inbound(), "");
            }
            sidecar.awaitMetric(2, HANDSHAKES, "result=\"ok\"");
            assertEquals(0, sidecar.metric("outrigger_tls_sessions_resumed_total"));
        }
    }

    @Test
    void aClientsCertificateIsToldToTheUpstreamAndNobodyElsesWordOfIt() throws Exception {
        Certificates.Issued own = authority.issue("agent, \"A\"", "uri:spiffe://test/agent", "dns:agent.test");
        try (RunningSidecar sidecar = mutual("optional")) {
            TlsClient.of(authority, own).exchange(sidecar.inbound(), "", "X-Forwarded-Client-Cert: Hash=forged");
            client.exchange(sidecar.inbound(), "", "X-Forwarded-Client-Cert: Hash=forged");
        }
        String forwarded = seen.get(0)
                .lines()
                .filter(l -> l.startsWith("x-forwarded-client-cert: "))
                .findFirst()
                .orElseThrow();
        assertTrue(
                forwarded.matches("x-forwarded-client-cert: Hash=[0-9a-f]{64};Subject=\"CN=agent\\\\, \\\\22A\\\\22\";"
                        + "URI=spiffe://test/agent;DNS=agent.test"),
                forwarded);
        assertFalse(seen.get(0).contains("forged"), seen.get(0));
        assertFalse(seen.get(1).toLowerCase(Locale.ROOT).contains("x-forwarded-client-cert"), seen.get(1));
    }

    @Test
    void whatAProxyInFrontSaysOfTheClientPassesWhereItIsTrusted() throws Exception {
        try (RunningSidecar sidecar = sidecar("listeners.inbound.tls.forwarded-client-cert = keep")) {
            client.exchange(sidecar.inbound(), "", "X-Forwarded-Client-Cert: Hash=theirs");
        }
        assertTrue(seen.get(0).contains("X-Forwarded-Client-Cert: Hash=theirs"), seen.get(0));
    }

    @Test
    void aCertificateThatIsNotValidEndsTheHandshake() throws Exception {
        Authority stranger = new Authority("somebody else");
        try (RunningSidecar sidecar = mutual("required")) {
            refused(sidecar, client);
            sidecar.awaitMetric(1, HANDSHAKES, "result=\"no_certificate\"");
            refused(sidecar, TlsClient.of(authority, authority.issueExpired("late")));
            sidecar.awaitMetric(1, HANDSHAKES, "result=\"expired\"");
            refused(sidecar, TlsClient.of(authority, stranger.issue("agent")));
            // The JDK's client shows nothing that leads to nobody whom the server names.
            sidecar.awaitMetric(2, HANDSHAKES, "result=\"no_certificate\"");
            assertEquals(0, seen.size());
            TlsClient.of(authority, authority.issue("agent")).exchange(sidecar.inbound(), "");
            assertEquals(1, seen.size());
        }
    }

    private static void refused(RunningSidecar sidecar, TlsClient client) {
        assertThrows(IOException.class, () -> client.exchange(sidecar.inbound(), ""));
    }

    @Test
    void whoForgetsTheSOfHttpsIsToldSo() throws Exception {
        try (RunningSidecar sidecar = sidecar();
                Socket socket = plain(sidecar.inbound())) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertTrue(answer.startsWith("HTTP/1.1 400 ") && answer.contains("HTTPS"), answer);
            sidecar.awaitMetric(1, HANDSHAKES, "result=\"plain_http\"");
        }
    }

    @Test
    void garbageIsRefused() throws Exception {
        try (RunningSidecar sidecar = sidecar();
                Socket socket = plain(sidecar.inbound())) {
            socket.getOutputStream().write("no TLS at all\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readAllBytes();
            sidecar.awaitMetric(1, HANDSHAKES, "result=\"protocol\"");
        }
    }

    @Test
    void aHandshakeHasToEndInTime() throws Exception {
        try (RunningSidecar sidecar = sidecar("listeners.inbound.tls.handshake-timeout = 3s");
                Socket silent = plain(sidecar.inbound());
                Socket slow = plain(sidecar.inbound())) {
            slow.getOutputStream().write(new byte[] {0x16, 3, 1, 1, 0, 1});
            assertEquals(-1, silent.getInputStream().read());
            assertEquals(-1, slow.getInputStream().read());
            sidecar.awaitMetric(2, HANDSHAKES, "result=\"timeout\"");
        }
    }

    @Test
    void aLookAtThePortIsNoFailedHandshake() throws Exception {
        try (RunningSidecar sidecar = sidecar()) {
            plain(sidecar.inbound()).close();
            sidecar.awaitMetric(0, "outrigger_downstream_connections");
            assertEquals(0, sidecar.metric(HANDSHAKES));
        }
    }

    @Test
    void theEndOfEachCertificateIsShown() throws Exception {
        try (RunningSidecar sidecar = sidecar()) {
            double end = sidecar.metric(
                    "outrigger_tls_certificate_expiry_timestamp_seconds",
                    "side=\"downstream\"",
                    "name=\"inbound\"",
                    "subject=\"CN=wild\"");
            assertTrue(end > System.currentTimeMillis() / 1000.0, () -> "ends at " + end);
        }
    }

    @Test
    void filesThatAreWrongAreNamed() throws Exception {
        Files.writeString(file("wild.key"), "nothing");
        IOException noKey = assertThrows(IOException.class, this::sidecar);
        assertTrue(noKey.getMessage().contains("outrigger.listeners.inbound.tls: "), noKey.getMessage());
        assertTrue(noKey.getMessage().contains("wild.key: no private key, expected PEM"), noKey.getMessage());
        authority.issue("other").write(file("other.crt"), file("wild.key"));
        IOException mismatch = assertThrows(IOException.class, this::sidecar);
        assertTrue(mismatch.getMessage().contains("is not that of the certificate in"), mismatch.getMessage());
    }

    @Test
    void aReloadTakesNewFilesAndRefusesWrongOnes() throws Exception {
        try (RunningSidecar sidecar = sidecar()) {
            authority.issue("renewed", "dns:first.test").write(file("first.crt"), file("first.key"));
            assertEquals(200, sidecar.adminPost("/config/reload").statusCode());
            assertEquals("CN=renewed", shownFor(sidecar, "first.test"));
            Files.writeString(file("first.crt"), "nothing");
            assertEquals(422, sidecar.adminPost("/config/reload").statusCode());
            assertEquals("CN=renewed", shownFor(sidecar, "first.test"));
        }
    }

    private static Socket plain(InetSocketAddress address) throws IOException {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(30_000);
        return socket;
    }
}
