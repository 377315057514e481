package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import dev.outrigger.testing.RequiresTool;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose connection it is, told by the proxy in front and passed on to the upstream. */
class ProxyProtocolIT {
    private static final String HEADERS = "outrigger_proxy_protocol_headers_total";
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final String TRUSTED = "listeners.inbound.proxy-protocol.trusted = [\"127.0.0.1/32\"]";

    @TempDir
    private Path directory;

    private McpUpstream http;
    private RunningSidecar sidecar;

    @BeforeEach
    void listen() throws Exception {
        http = new McpUpstream(request -> request.json("forwarded for <" + request.header("x-forwarded-for") + ">"));
        sidecar = RunningSidecar.before(http.port(), TRUSTED, "listeners.inbound.request-head-timeout = 30s");
    }

    @AfterEach
    void close() throws Exception {
        sidecar.close();
        http.close();
    }

    private String exchange(byte[] header) throws IOException {
        try (RawClient client = new RawClient(sidecar.inbound())) {
            return client.send(header).send(GET).readToEnd();
        }
    }

    @Test
    void aHeaderInTextTellsTheClient() throws Exception {
        String answer = exchange(ascii("PROXY TCP4 192.0.2.7 198.51.100.1 5555 80\r\n"));
        assertTrue(answer.endsWith("forwarded for <192.0.2.7>"), answer);
        sidecar.awaitMetric(1, HEADERS, "listener=\"inbound\"", "result=\"proxied\"");
    }

    @Test
    void aBinaryHeaderTellsTheClient() throws Exception {
        byte[] header = hex(SIGNATURE + "2121" + "0024" + "20010db8000000000000000000000001"
                + "20010db8000000000000000000000002" + "15b3" + "0050");
        String answer = exchange(header);
        assertTrue(answer.endsWith("forwarded for <2001:db8:0:0:0:0:0:1>"), answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"50524f585920554e4b4e4f574e0d0a", SIGNATURE + "20000000"})
    void aProxyThatSpeaksForItselfIsTheClient(String header) throws Exception {
        String answer = exchange(hex(header));
        assertTrue(answer.endsWith("forwarded for <127.0.0.1>"), answer);
        sidecar.awaitMetric(1, HEADERS, "result=\"local\"");
    }

    @Test
    void aHeaderThatComesByteByByteIsRead() throws Exception {
        byte[] header = ascii("PROXY TCP4 192.0.2.7 198.51.100.1 5555 80\r\n");
        try (RawClient client = new RawClient(sidecar.inbound())) {
            for (byte next : header) {
                client.send(new byte[] {next});
            }
            assertTrue(client.send(GET).readToEnd().endsWith("<192.0.2.7>"));
        }
    }

    @Test
    void aTrustedSourceWithoutAHeaderIsNotServed() throws Exception {
        assertEquals("", exchange(new byte[0]).replace("<reset>", ""));
        sidecar.awaitMetric(1, HEADERS, "result=\"malformed\"");
    }

    @Test
    void aHeaderHasToComeInTime() throws Exception {
        sidecar.close();
        sidecar = RunningSidecar.before(http.port(), TRUSTED, "listeners.inbound.request-head-timeout = 3s");
        try (RawClient client = new RawClient(sidecar.inbound())) {
            client.send("PROXY TCP4 192.0.2.7");
            assertEquals("", client.readToEnd().replace("<reset>", ""));
        }
        sidecar.awaitMetric(1, HEADERS, "result=\"timeout\"");
    }

    @Test
    void whatOthersSayOfThemselvesIsNotBelieved() throws Exception {
        try (Socket stranger = new Socket(
                InetAddress.getLoopbackAddress(), sidecar.inbound().getPort(), InetAddress.getByName("127.0.0.2"), 0)) {
            RawClient client = new RawClient(stranger);
            client.send("PROXY TCP4 192.0.2.7 198.51.100.1 5555 80\r\n" + GET);
            assertTrue(client.readToEnd().startsWith("HTTP/1.1 400 "));
        }
        assertEquals(0, sidecar.metric(HEADERS));
    }

    @Test
    @RequiresTool("curl")
    void curlsHeaderIsUnderstood() throws Exception {
        Process curl = new ProcessBuilder(
                        "curl",
                        "-s",
                        "--max-time",
                        "20",
                        "--haproxy-protocol",
                        sidecar.uri("/").toString())
                .start();
        assertEquals("forwarded for <127.0.0.1>", text(curl.getInputStream()));
        sidecar.awaitMetric(1, HEADERS, "result=\"proxied\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"send-proxy", "send-proxy-v2"})
    @RequiresTool("haproxy")
    void haproxysHeaderIsUnderstood(String option) throws Exception {
        int port = Ports.free();
        Path config = Files.writeString(directory.resolve("haproxy.cfg"), """
                defaults
                  mode tcp
                  timeout connect 5s
                  timeout client 20s
                  timeout server 20s
                frontend in
                  bind 127.0.0.1:%d
                  default_backend out
                backend out
                  server sidecar 127.0.0.1:%d %s
                """.formatted(
                        port, sidecar.inbound().getPort(), option));
        try (Daemon haproxy = new Daemon(port, "haproxy", "-db", "-f", config.toString());
                Socket socket =
                        new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName("127.0.0.3"), 0)) {
            String answer = new RawClient(socket).send(GET).readToEnd();
            assertTrue(answer.endsWith("forwarded for <127.0.0.3>"), answer);
            assertTrue(haproxy.isAlive());
        }
    }

    @ParameterizedTest
    @CsvSource({"http, v1", "http, v2", "tcp, v1", "tcp, v2"})
    @RequiresTool("nginx")
    void nginxIsToldWhoseConnectionItGets(String protocol, String version) throws Exception {
        sidecar.close();
        int port = Ports.free();
        Path config = Files.writeString(directory.resolve("nginx.conf"), """
                daemon off; master_process off; pid %1$s/nginx.pid; error_log %1$s/error.log;
                events {}
                http {
                  access_log off;
                  client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy; fastcgi_temp_path %1$s/fastcgi;
                  uwsgi_temp_path %1$s/uwsgi; scgi_temp_path %1$s/scgi;
                  server {
                    listen 127.0.0.1:%2$d proxy_protocol;
                    location / { return 200 "$proxy_protocol_addr $proxy_protocol_server_port\\n"; }
                  }
                }
                """.formatted(directory, port));
        sidecar = RunningSidecar.before(
                port,
                TRUSTED,
                "listeners.inbound { protocol = " + protocol + " }",
                protocol.equals("tcp") ? "listeners.inbound.tcp.upstream = app" : "",
                "upstreams.app.send-proxy-protocol = " + version);
        try (Daemon nginx = new Daemon(
                port,
                "nginx",
                "-c",
                config.toString(),
                "-e",
                directory.resolve("error.log").toString())) {
            for (int client = 1; client <= 3; client++) {
                String answer = exchange(ascii("PROXY TCP4 192.0.2." + client + " 198.51.100.1 5555 8080\r\n"));
                assertTrue(answer.endsWith("192.0.2." + client + " 8080\n"), answer);
            }
            assertTrue(nginx.isAlive());
        }
        sidecar.awaitMetric(0, "upstream_connections", "server=\"app\"");
        assertEquals(3, sidecar.metric("upstream_connects_total", "server=\"app\""));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    /** A server in a process of its own, there when its port takes connections. */
    private static final class Daemon implements AutoCloseable {
        private final Process process;

        Daemon(int port, String... command) throws IOException {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Await.until(command[0] + " is there", Duration.ofSeconds(60), () -> Ports.accepts(port));
        }

        boolean isAlive() {
            return process.isAlive();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
