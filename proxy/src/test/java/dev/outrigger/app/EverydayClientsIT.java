package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Certificates.Authority;
import dev.outrigger.testing.RequiresTool;
import dev.outrigger.testing.Tools;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that everybody has, in every version of HTTP that they speak, on a plain port and on one of TLS. */
@Timeout(120)
class EverydayClientsIT {
    private static final String REQUESTS = "http_requests_total";
    private static final String HANDSHAKES = "outrigger_tls_handshakes_total";
    private static final String RESUMED = "outrigger_tls_sessions_resumed_total";
    private static final String STREAMS = "outrigger_http2_streams_total";
    private static final int UPLOAD_BYTES = 600_000;
    private static final int DEADLINE_SECONDS = 60;

    private final Authority authority = new Authority("test root");
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private ScriptedUpstream upstream;

    @TempDir
    private Path directory;

    @BeforeEach
    void startUpstream() throws IOException {
        upstream = new ScriptedUpstream(connection -> {
            String request = connection.readRequest();
            seen.add(request);
            String body =
                    "took " + request.substring(request.indexOf("\r\n\r\n") + 4).length();
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        });
        authority.write(file("ca.pem"));
    }

    @AfterEach
    void stopUpstream() throws IOException {
        upstream.close();
    }

    private Path file(String name) {
        return directory.resolve(name);
    }

    private RunningSidecar plain() throws Exception {
        return RunningSidecar.before(upstream.port());
    }

    private RunningSidecar tls(String... more) throws Exception {
        return tlsBefore(upstream.port(), more);
    }

    private RunningSidecar tlsBefore(int port, String... more) throws Exception {
        authority.issue("first", "dns:first.test", "ip:127.0.0.1").write(file("first.crt"), file("first.key"));
        authority.issue("second", "dns:second.test").write(file("second.crt"), file("second.key"));
        return RunningSidecar.before(port, """
                listeners.inbound.tls.certificates = [
                  { certificate-file = "%1$s/first.crt", key-file = "%1$s/first.key" }
                  { certificate-file = "%1$s/second.crt", key-file = "%1$s/second.key" }
                ]
                """.formatted(directory) + String.join("\n", more));
    }

    private static String url(String scheme, RunningSidecar sidecar) {
        return scheme + "://127.0.0.1:" + sidecar.inbound().getPort() + "/";
    }

    @ParameterizedTest
    @CsvSource({
        "http, --http1.1, 1.1",
        "http, --http2, 1.1",
        "http, --http2-prior-knowledge, 2",
        "https, --http1.1, 1.1",
        "https, --http2, 2"
    })
    @RequiresTool("curl")
    void curlIsServed(String scheme, String version, String spoken) throws Exception {
        Path upload = Files.write(file("upload"), new byte[UPLOAD_BYTES]);
        try (RunningSidecar sidecar = scheme.equals("http") ? plain() : tls()) {
            String address = url(scheme, sidecar);
            String ca = file("ca.pem").toString();
            List<String> curl =
                    List.of("curl", "-sS", version, "--cacert", ca, "-w", " by %{http_version}\\n", address);
            assertEquals("took 0 by " + spoken, run(curl).strip());
            List<String> uploading = new ArrayList<>(curl);
            uploading.addAll(List.of("--data-binary", "@" + upload));
            assertEquals(
                    "took " + UPLOAD_BYTES + " by " + spoken, run(uploading).strip());
            sidecar.awaitMetric(2, REQUESTS, "status=\"200\"");
            assertEquals(spoken.equals("2") ? 2 : 0, sidecar.metric(STREAMS));
        }
    }

    @ParameterizedTest
    @CsvSource({"http, --h1", "http, --npn-list=h2", "https, --npn-list=h2", "https, --h1"})
    @RequiresTool("h2load")
    void everyRequestOfH2loadIsAnsweredAndCounted(String scheme, String version) throws Exception {
        int requests = 2_000;
        int connections = 8;
        try (RunningSidecar sidecar = scheme.equals("http") ? plain() : tls()) {
            String output = run(List.of(
                    "h2load",
                    "-n" + requests,
                    "-c" + connections,
                    "-m" + (version.equals("--h1") ? 1 : 10),
                    version,
                    url(scheme, sidecar)));
            assertTrue(output.contains(requests + " succeeded, 0 failed, 0 errored, 0 timeout"), output);
            sidecar.awaitMetric(requests, REQUESTS);
            assertEquals(requests, sidecar.metric(REQUESTS, "status=\"200\""));
            assertEquals(requests, seen.size());
            assertEquals(version.equals("--h1") ? 0 : requests, sidecar.metric(STREAMS));
            assertEquals(scheme.equals("http") ? 0 : connections, sidecar.metric(HANDSHAKES, "result=\"ok\""));
            sidecar.awaitMetric(0, "outrigger_downstream_connections");
            assertEquals(connections, sidecar.metric("outrigger_downstream_connections_accepted_total"));
        }
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2, TLSv1.2", "-tls1_3, TLSv1.3"})
    @RequiresTool("openssl")
    void opensslIsShownTheCertificateForTheNameItAsksFor(String option, String version) throws Exception {
        try (RunningSidecar sidecar = tls()) {
            for (String name : List.of("first", "second")) {
                String output = openssl(sidecar, option, "-servername", name + ".test");
                assertTrue(output.contains("subject=CN = " + name + "\n"), output);
                assertTrue(output.contains("New, " + version + ","), output);
                assertTrue(output.contains("Verify return code: 0 (ok)"), output);
                assertTrue(output.contains("HTTP/1.1 200 OK"), output);
            }
            sidecar.awaitMetric(2, HANDSHAKES, "result=\"ok\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    @RequiresTool("openssl")
    void opensslTakesItsSessionUpAgain(String version) throws Exception {
        String session = file("session.pem").toString();
        try (RunningSidecar sidecar = tls()) {
            openssl(sidecar, version, "-sess_out", session);
            String output = openssl(sidecar, version, "-sess_in", session);
            assertTrue(output.contains("Reused, "), output);
            assertTrue(output.contains("HTTP/1.1 200 OK"), output);
            sidecar.awaitMetric(1, RESUMED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    @RequiresTool("openssl")
    void opensslsOwnCertificateIsAskedForAndToldToTheUpstream(String version) throws Exception {
        authority.issue("agent", "uri:spiffe://test/agent").write(file("agent.crt"), file("agent.key"));
        String mutual = "listeners.inbound.tls { client-auth = required, client-ca-file = \"" + file("ca.pem") + "\" }";
        try (RunningSidecar sidecar = tls(mutual)) {
            openssl(
                    sidecar,
                    version,
                    "-cert",
                    file("agent.crt").toString(),
                    "-key",
                    file("agent.key").toString());
            assertTrue(seen.get(0).contains("URI=spiffe://test/agent"), seen.get(0));
            openssl(sidecar, version);
            sidecar.awaitMetric(1, HANDSHAKES, "result=\"no_certificate\"");
            assertEquals(1, seen.size());
        }
    }

    /** One request, the last of its connection; what openssl says of the connection and what comes back. */
    private String openssl(RunningSidecar sidecar, String... options) throws Exception {
        Path request =
                Files.writeString(file("request"), "GET / HTTP/1.1\r\nHost: first.test\r\nConnection: close\r\n\r\n");
        List<String> command = new ArrayList<>(List.of(
                "openssl",
                "s_client",
                "-connect",
                "127.0.0.1:" + sidecar.inbound().getPort(),
                "-CAfile",
                file("ca.pem").toString(),
                "-verify_return_error",
                "-ign_eof"));
        command.addAll(List.of(options));
        return start(command, request.toFile()).output();
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void theJdksClientIsServedOverTls(Version version) throws Exception {
        HttpClient client = HttpClient.newBuilder()
                .sslContext(TlsClient.context(authority, null))
                .version(version)
                .build();
        try (RunningSidecar sidecar = tls()) {
            assertEquals(version, post(client, url("https", sidecar)));
            assertEquals(version, post(client, url("https", sidecar)));
            sidecar.awaitMetric(1, HANDSHAKES, "result=\"ok\"");
            assertEquals(version == Version.HTTP_2 ? 2 : 0, sidecar.metric(STREAMS));
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void theJdksClientSpeaksHttp11ToAPlainPortAndItsUpgradeEndsHere(Version version) throws Exception {
        HttpClient client = HttpClient.newBuilder().version(version).build();
        try (RunningSidecar sidecar = plain()) {
            assertEquals(Version.HTTP_1_1, post(client, url("http", sidecar)));
            assertEquals(Version.HTTP_1_1, post(client, url("http", sidecar)));
            assertEquals(1, sidecar.metric("outrigger_downstream_connections"));
        }
        for (String request : seen) {
            String head = request.toLowerCase(Locale.ROOT);
            assertFalse(head.contains("upgrade") || head.contains("http2-settings"), request);
        }
    }

    private static Version post(HttpClient client, String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(DEADLINE_SECONDS))
                .POST(BodyPublishers.ofByteArray(new byte[UPLOAD_BYTES]))
                .build();
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        assertEquals(200, answer.statusCode());
        assertEquals("took " + UPLOAD_BYTES, answer.body());
        return answer.version();
    }

    @Test
    @RequiresTool({"node", "npm:ws"})
    void webSocketsOfNodePassThroughTls() throws Exception {
        try (ScenarioServer server = ScenarioServer.node("websocket-server.mjs");
                RunningSidecar sidecar = tlsBefore(server.port())) {
            for (String scenario : List.of("echoes", "closes", "loses", "many")) {
                run(List.of("node", "websocket-client.mjs", url("wss", sidecar) + "room", scenario));
            }
            sidecar.awaitMetric(0, "outrigger_tunnels_active", "kind=\"websocket\"");
            assertTrue(sidecar.metric("outrigger_tunnels_total", "kind=\"websocket\"") >= 1);
        }
    }

    /** What a program says that ends well. */
    private String run(List<String> command) throws IOException, InterruptedException {
        Ended ended = start(command, new File("/dev/null"));
        assertEquals(0, ended.code(), ended.output());
        return ended.output();
    }

    private Ended start(List<String> command, File input) throws IOException, InterruptedException {
        Path output = file("output");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Tools.nodeDirectory().toFile())
                .redirectInput(input)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("NODE_EXTRA_CA_CERTS", file("ca.pem").toString());
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS), () -> command + " does not end");
        } finally {
            process.destroyForcibly();
        }
        return new Ended(process.exitValue(), Files.readString(output));
    }

    /** A program that has ended. */
    private record Ended(int code, String output) {}
}
