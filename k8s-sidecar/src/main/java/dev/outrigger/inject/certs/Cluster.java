package dev.outrigger.inject.certs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * As much of the Kubernetes API as a certificate needs: one object read, the same object written. The JDK's client, as a library
 * for the whole of that API weighs more than everything else here.
 */
public final class Cluster {
    private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int OK = 200;

    private static final JsonMapper JSON = new JsonMapper();

    private final URI base;
    private final @Nullable Path tokenFile;
    private final HttpClient client;

    private Cluster(URI base, @Nullable Path tokenFile, @Nullable SSLContext tls) {
        this.base = base;
        this.tokenFile = tokenFile;
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(LIMIT);
        if (tls != null) {
            builder.sslContext(tls);
        }
        this.client = builder.build();
    }

    /**
     * The cluster that this process runs in, with the rights of its service account.
     *
     * @throws IOException if it runs in none
     */
    public static Cluster around(Map<String, String> environment) throws IOException {
        String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        if (host.isEmpty()) {
            throw new IOException("KUBERNETES_SERVICE_HOST is not set, expected to run in a pod; see --api");
        }
        URI base = URI.create("https://" + (host.contains(":") ? '[' + host + ']' : host) + ':' + port);
        return at(base, ACCOUNT.resolve("token"), ACCOUNT.resolve("ca.crt"));
    }

    /**
     * @param tokenFile read for each request, since tokens are renewed; null to send none
     * @param authorities of the API server's certificate, PEM; null for those that Java trusts
     */
    public static Cluster at(URI base, @Nullable Path tokenFile, @Nullable Path authorities) throws IOException {
        return new Cluster(base, tokenFile, authorities == null ? null : trusting(authorities));
    }

    /** Where this process runs, if it runs in a pod. */
    public static String namespace() throws IOException {
        Path file = ACCOUNT.resolve("namespace");
        return Files.exists(file) ? Files.readString(file).strip() : "";
    }

    private static SSLContext trusting(Path authorities) throws IOException {
        List<X509Certificate> certificates = Pem.certificates(Files.readString(authorities));
        if (certificates.isEmpty()) {
            throw new IOException(authorities + ": no certificate, expected some in PEM");
        }
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < certificates.size(); i++) {
                store.setCertificateEntry("ca" + i, certificates.get(i));
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(authorities + ": " + e.getMessage(), e);
        }
    }

    /** @param path of an object, as {@code /api/v1/namespaces/a/secrets/b} */
    ObjectNode read(String path) throws IOException, InterruptedException {
        return send(path, request(path).GET());
    }

    /** Writes an object as it was read but for what is to be another; fails if it has changed meanwhile. */
    ObjectNode write(String path, ObjectNode object) throws IOException, InterruptedException {
        return send(
                path,
                request(path)
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(object))));
    }

    private HttpRequest.Builder request(String path) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(base.resolve(path)).timeout(LIMIT).header("Accept", "application/json");
        if (tokenFile != null) {
            request.header(
                    "Authorization", "Bearer " + Files.readString(tokenFile).strip());
        }
        return request;
    }

    private ObjectNode send(String path, HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = client.send(request.build(), BodyHandlers.ofByteArray());
        JsonNode body = readable(response.body());
        if (response.statusCode() != OK || !(body instanceof ObjectNode object)) {
            throw new IOException(response.request().method() + ' ' + path + ": status " + response.statusCode() + ", "
                    + body.path("message").asText("no message"));
        }
        return object;
    }

    private static JsonNode readable(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            return JSON.missingNode();
        }
    }
}
