package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Certificates.Authority;
import dev.outrigger.testing.Certificates.Issued;
import java.io.IOException;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS towards upstreams: who is believed, and what becomes of an exchange when nobody is. */
@Timeout(120)
class TlsUpstreamIT {
    private static final String HANDSHAKES = "outrigger_tls_handshakes_total";
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

    private final Authority authority = new Authority("test root");
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path directory;

    @BeforeEach
    void writeAuthority() throws IOException {
        authority.write(directory.resolve("ca.pem"));
        authority.issue("sidecar").write(directory.resolve("own.crt"), directory.resolve("own.key"));
    }

    private ScriptedUpstream upstream(Issued own, boolean wantsCertificate) throws IOException {
        SSLServerSocket socket = (SSLServerSocket) TlsClient.context(authority, own)
                .getServerSocketFactory()
                .createServerSocket(0, 256, InetAddress.getLoopbackAddress());
        socket.setNeedClientAuth(wantsCertificate);
        return new ScriptedUpstream(socket, connection -> {
            connection.readRequest();
            connection.write(ANSWER);
        });
    }

    private RunningSidecar sidecar(ScriptedUpstream upstream, String tls) throws Exception {
        return RunningSidecar.before(
                upstream.port(),
                "upstreams.app.tls { ca-file = \"" + directory.resolve("ca.pem") + "\", " + tls + " }");
    }

    private HttpResponse<String> get(RunningSidecar sidecar) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(sidecar.uri("/x")).build(), BodyHandlers.ofString());
    }

    private void passes(RunningSidecar sidecar) throws IOException, InterruptedException {
        HttpResponse<String> answer = get(sidecar);
        assertEquals(200, answer.statusCode(), answer.body());
        assertEquals("hello", answer.body());
        sidecar.awaitMetric(1, HANDSHAKES, "side=\"upstream\"", "name=\"app\"", "result=\"ok\"");
    }

    private void isRefused(RunningSidecar sidecar, String result) throws IOException, InterruptedException {
        HttpResponse<String> answer = get(sidecar);
        assertEquals(502, answer.statusCode(), answer.body());
        sidecar.awaitMetric(1, HANDSHAKES, "side=\"upstream\"", "name=\"app\"", "result=\"" + result + "\"");
        assertEquals(1, sidecar.metric("upstream_connect_failures_total", "server=\"app\""));
    }

    @Test
    void anUpstreamOfTheAuthorityWithTheRightNameIsBelieved() throws Exception {
        try (ScriptedUpstream upstream = upstream(authority.issue("app", "ip:127.0.0.1"), false);
                RunningSidecar sidecar = sidecar(upstream, "")) {
            passes(sidecar);
            get(sidecar);
            assertEquals(1, upstream.connections(), "the connection is kept");
        }
    }

    @Test
    void theNameThatIsConfiguredIsLookedFor() throws Exception {
        try (ScriptedUpstream upstream = upstream(authority.issue("app", "dns:app.test"), false);
                RunningSidecar named = sidecar(upstream, "server-name = app.test");
                RunningSidecar unnamed = sidecar(upstream, "");
                RunningSidecar anyName = sidecar(upstream, "verify-name = false")) {
            passes(named);
            isRefused(unnamed, "name_mismatch");
            passes(anyName);
        }
    }

    @Test
    void aStrangerIsRefusedUnlessNobodyLooks() throws Exception {
        Issued stranger = new Authority("somebody else").issue("app", "ip:127.0.0.1");
        try (ScriptedUpstream upstream = upstream(stranger, false);
                RunningSidecar sidecar = sidecar(upstream, "");
                RunningSidecar blind = sidecar(upstream, "verify = false")) {
            isRefused(sidecar, "unknown_ca");
            passes(blind);
        }
    }

    @Test
    void aCertificateThatHasEndedIsRefused() throws Exception {
        try (ScriptedUpstream upstream = upstream(authority.issueExpired("app", "ip:127.0.0.1"), false);
                RunningSidecar sidecar = sidecar(upstream, "")) {
            isRefused(sidecar, "expired");
        }
    }

    @Test
    void theSidecarShowsItsCertificateToAnUpstreamThatAsks() throws Exception {
        String own = "certificate-file = \"%1$s/own.crt\", key-file = \"%1$s/own.key\"".formatted(directory);
        try (ScriptedUpstream upstream = upstream(authority.issue("app", "ip:127.0.0.1"), true);
                RunningSidecar sidecar = sidecar(upstream, own);
                RunningSidecar without = sidecar(upstream, "")) {
            passes(sidecar);
            assertTrue(
                    sidecar.metric("outrigger_tls_certificate_expiry_timestamp_seconds", "side=\"upstream\"") > 0,
                    "its own certificate is shown");
            assertEquals(502, get(without).statusCode());
        }
    }

    @Test
    void anUpstreamThatSaysNothingIsGivenUpInTime() throws Exception {
        try (ScriptedUpstream silent = new ScriptedUpstream(connection -> connection.readRequest());
                RunningSidecar sidecar = sidecar(silent, "handshake-timeout = 300ms")) {
            isRefused(sidecar, "timeout");
        }
    }

    @Test
    void anUpstreamWithoutTlsIsNoUpstream() throws Exception {
        try (ScriptedUpstream plain = new ScriptedUpstream(connection -> connection.write(ANSWER));
                RunningSidecar sidecar = sidecar(plain, "")) {
            isRefused(sidecar, "protocol");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "http2"})
    void http2IsSpokenWithAnUpstreamThatChoosesIt(String protocol) throws Exception {
        Path certificate = directory.resolve("app.crt");
        Path key = directory.resolve("app.key");
        authority.issue("app", "ip:127.0.0.1").write(certificate, key);
        try (ScriptedUpstream app = new ScriptedUpstream(ScriptedUpstream.ok("hello"));
                RunningSidecar inner = RunningSidecar.before(app.port(), """
                        listeners.inbound.tls.certificates = [{ certificate-file = "%s", key-file = "%s" }]
                        """.formatted(certificate, key));
                RunningSidecar outer = outer(inner.inbound().getPort(), protocol)) {
            passes(outer);
            assertEquals(1, inner.metric("outrigger_http2_streams_total"));
        }
    }

    @Test
    void http11IsSpokenWithAnUpstreamThatChoosesNothing() throws Exception {
        try (ScriptedUpstream upstream = upstream(authority.issue("app", "ip:127.0.0.1"), false);
                RunningSidecar sidecar = outer(upstream.port(), "auto")) {
            passes(sidecar);
        }
    }

    @Test
    void http2ThatTheUpstreamDoesNotChooseIsRefused() throws Exception {
        try (ScriptedUpstream upstream = upstream(authority.issue("app", "ip:127.0.0.1"), false);
                RunningSidecar sidecar = outer(upstream.port(), "http2")) {
            isRefused(sidecar, "protocol");
        }
    }

    private RunningSidecar outer(int port, String protocol) throws Exception {
        return RunningSidecar.before(
                port,
                "upstreams.app { protocol = " + protocol + ", tls.ca-file = \"" + directory.resolve("ca.pem") + "\" }");
    }
}
