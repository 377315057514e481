package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Certificates.Authority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that are renewed in their files while clients come and go: no request fails, and none is needed for it. */
@Timeout(180)
class TlsRotationIT {
    private static final int ROTATIONS = 8;
    private static final int CLIENTS = 3;

    private final Authority authority = new Authority("test root");
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong exchanges = new AtomicLong();

    @TempDir
    private Path directory;

    @Test
    void noRequestFailsWhileCertificatesAreRenewed() throws Exception {
        issue(0);
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try (ScriptedUpstream upstream = new ScriptedUpstream(ScriptedUpstream.ok("{}"));
                FileSidecar sidecar = new FileSidecar(directory, "auto")) {
            sidecar.write("""
                      listeners.inbound.tls.certificates =
                        [{ certificate-file = "%1$s/tls.crt", key-file = "%1$s/tls.key" }]
                      upstreams.app { endpoints = ["127.0.0.1:%2$d"], health-check.type = none }
                      routes = [{ name = all, match { path-prefix = "/" }, upstream = app }]
                    """.formatted(directory, upstream.port())).start();
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                running.add(clients.submit(() -> load(sidecar)));
            }
            for (int i = 1; i <= ROTATIONS; i++) {
                long before = exchanges.get();
                issue(i);
                String wanted = "CN=v" + i;
                sidecar.await(wanted + " is shown", () -> shown(sidecar).equals(wanted));
                sidecar.await("load goes on", () -> exchanges.get() > before);
            }
            double failures = sidecar.reloads("failure");
            Files.writeString(directory.resolve("tls.crt"), "nothing");
            sidecar.await("the wrong file is refused", () -> sidecar.reloads("failure") > failures);
            assertEquals("CN=v" + ROTATIONS, shown(sidecar));
            stop.set(true);
            for (Future<?> client : running) {
                client.get();
            }
            assertTrue(exchanges.get() > ROTATIONS, () -> exchanges + " exchanges");
            assertEquals(exchanges.get(), sidecar.metric("http_requests_total", "endpoint=\"all\"", "status=\"200\""));
            assertEquals(exchanges.get(), sidecar.metric("http_requests_total"));
        } finally {
            stop.set(true);
            clients.shutdownNow();
        }
    }

    private void issue(int version) throws IOException {
        authority
                .issue("v" + version, "dns:app.test")
                .write(directory.resolve("tls.crt"), directory.resolve("tls.key"));
    }

    private String shown(FileSidecar sidecar) {
        try (SSLSocket socket = TlsClient.trusting(authority).connect(Ports.loopback(sidecar.port()), "app.test")) {
            X509Certificate certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return certificate.getSubjectX500Principal().getName();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client takes its sessions up again where it can, so both kinds of handshake are in the load. */
    private Void load(FileSidecar sidecar) throws IOException {
        TlsClient client = TlsClient.trusting(authority);
        while (!stop.get()) {
            String answer = client.exchange(Ports.loopback(sidecar.port()), "app.test");
            assertTrue(answer.startsWith("HTTP/1.1 200 OK") && answer.endsWith("{}"), answer);
            exchanges.incrementAndGet();
        }
        return null;
    }
}
