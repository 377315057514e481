package dev.outrigger.app;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Asks a status or admin port, on a new connection each time, so that no answer depends on an earlier one. */
final class OpsClient {
    private final int port;
    private final String headers;

    private OpsClient(int port, String headers) {
        this.port = port;
        this.headers = headers;
    }

    static OpsClient at(int port) {
        return new OpsClient(port, "");
    }

    /** The same with a bearer token. */
    OpsClient with(String token) {
        return new OpsClient(port, "Authorization: Bearer " + token + "\r\n");
    }

    int port() {
        return port;
    }

    Reply get(String path) {
        return send("GET", path, "");
    }

    Reply put(String path, String body) {
        return send("PUT", path, body);
    }

    Reply post(String path) {
        return send("POST", path, "");
    }

    private Reply send(String method, String path, String body) {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        try (RawClient client = new RawClient(Ports.loopback(port))) {
            client.send(method + " " + path + " HTTP/1.1\r\nHost: localhost:" + port + "\r\nConnection: close\r\n"
                    + headers + "Content-Length: " + content.length + "\r\n\r\n" + body);
            WireMessage answer = WireMessage.read(client.in());
            return new Reply(answer.status(), answer.text());
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path + " on " + port, e);
        }
    }

    /** Whether a request gets an answer at all. */
    boolean answers() {
        try {
            return get("/").status() > 0;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private String scrape() {
        Reply scrape = get("/metrics");
        if (scrape.status() != 200) {
            throw new AssertionError("no metrics: " + scrape);
        }
        return scrape.body();
    }

    /** The sum of a metric's samples, see {@link Scrape#sum}. */
    double metric(String name, String... labels) {
        try {
            return Scrape.sum(Scrape.whole(this::scrape), name, labels);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An answer, whole. */
    record Reply(int status, String body) {
        /** The body, which is a JSON object. */
        Config json() {
            return ConfigFactory.parseString(body);
        }
    }
}
