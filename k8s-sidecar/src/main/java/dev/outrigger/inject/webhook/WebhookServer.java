package dev.outrigger.inject.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.outrigger.inject.PodInjector;
import dev.outrigger.inject.webhook.AdmissionReview.MalformedReview;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * Serves {@code POST /inject} to the API server, and {@code GET /live} and {@code GET /ready} to the kubelet, by TLS alone. The
 * JDK's server rather than the data plane's: a few requests a second from one peer need nothing that it lacks, and an injector
 * that is apart from the proxy can not break with it.
 *
 * <p>Ready is who has a certificate that holds today, and is not told to stop yet.
 */
public final class WebhookServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(WebhookServer.class.getName());

    /** An object has 1.5 MiB at most in a cluster's store; a review may hold two, and escapes of JSON in JSON. */
    private static final int BODY_LIMIT_BYTES = 6 * 1024 * 1024;
    /** Above what an API server sends at a time while a whole namespace starts. */
    private static final int THREADS = 4;

    private static final int BACKLOG = 128;
    /** Secrets that are mounted change within a minute of the write; looking costs two small reads. */
    private static final int REFRESH_SECONDS = 10;
    /** For answers that are under way at the very end. */
    private static final int STOP_SECONDS = 2;

    static {
        // In seconds; read when the first server is made. Without, a peer that says nothing holds a thread for ever.
        System.setProperty("sun.net.httpserver.maxReqTime", "10");
        System.setProperty("sun.net.httpserver.maxRspTime", "10");
        // API servers keep connections for 90 s: who closes first must not be the one who is asked, or a question meets
        // the close.
        System.setProperty("sun.net.httpserver.idleInterval", "180");
    }

    private final AdmissionReview review;
    private final LiveCertificate certificate;
    private final HttpsServer server;
    private final ExecutorService workers = Executors.newFixedThreadPool(THREADS, daemons("outrigger-webhook"));
    private final ScheduledExecutorService refreshing =
            Executors.newSingleThreadScheduledExecutor(daemons("outrigger-webhook-tls"));
    private final AtomicBoolean stopping = new AtomicBoolean();

    private WebhookServer(PodInjector injector, LiveCertificate certificate, HttpsServer server) {
        this.review = new AdmissionReview(injector);
        this.certificate = certificate;
        this.server = server;
    }

    /**
     * Binds and serves. A certificate that is not there yet is waited for, without being ready: it may be made after this.
     *
     * @param bind where to listen; port 0 takes a free one
     * @param tls a directory with {@code tls.crt} and {@code tls.key}
     * @throws IOException if the address can not be bound
     */
    public static WebhookServer start(InetSocketAddress bind, Path tls, PodInjector injector) throws IOException {
        LiveCertificate certificate = new LiveCertificate(tls);
        SSLContext context;
        try {
            context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {certificate}, null, null);
        } catch (GeneralSecurityException e) {
            throw new IOException("this Java has no TLS", e);
        }
        HttpsServer server = HttpsServer.create(bind, BACKLOG);
        server.setHttpsConfigurator(new Strict(context));
        WebhookServer webhook = new WebhookServer(injector, certificate, server);
        webhook.serve();
        return webhook;
    }

    private static ThreadFactory daemons(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    private void serve() {
        refresh();
        refreshing.scheduleWithFixedDelay(this::refresh, REFRESH_SECONDS, REFRESH_SECONDS, TimeUnit.SECONDS);
        server.setExecutor(workers);
        server.createContext("/", exchange -> reply(exchange, 404, "no such path, expected /inject\n"));
        server.createContext("/live", exchange -> reply(exchange, 200, "live\n"));
        server.createContext("/ready", exchange -> {
            boolean ready = certificate.isValid(Instant.now()) && !stopping.get();
            reply(exchange, ready ? 200 : 503, ready ? "ready\n" : "not ready\n");
        });
        server.createContext("/inject", this::inject);
        server.start();
    }

    /** Looks for another certificate now, and not only by the clock. */
    void refresh() {
        try {
            if (certificate.refresh()) {
                LOG.log(Level.INFO, "serving with the certificate " + describe());
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "no new certificate: " + e.getMessage());
        } catch (RuntimeException e) {
            // A task that throws is never run again.
            LOG.log(Level.ERROR, "reading the certificate", e);
        }
    }

    private String describe() {
        var current = certificate.certificate();
        return current == null
                ? "of nobody"
                : "of " + current.getSubjectX500Principal() + ", valid until "
                        + current.getNotAfter().toInstant();
    }

    private void inject(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestMethod().equals("POST")) {
            reply(exchange, 405, "expected POST\n");
            return;
        }
        byte[] body;
        try (InputStream in = exchange.getRequestBody()) {
            body = in.readNBytes(BODY_LIMIT_BYTES + 1);
        }
        if (body.length > BODY_LIMIT_BYTES) {
            reply(exchange, 413, "expected at most " + BODY_LIMIT_BYTES + " bytes\n");
            return;
        }
        try {
            reply(exchange, 200, "application/json", review.answer(body));
        } catch (MalformedReview e) {
            reply(exchange, 400, e.getMessage() + '\n');
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a review failed", e);
            reply(exchange, 500, "the injector failed, see its log\n");
        }
    }

    private void reply(HttpExchange exchange, int status, String text) throws IOException {
        reply(exchange, status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    private void reply(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", type);
            if (stopping.get()) {
                // An API server has its connection for long, and asks the next question by another one then.
                exchange.getResponseHeaders().set("Connection", "close");
            }
            boolean isHead = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(status, isHead ? -1 : body.length);
            if (!isHead) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    /** Where it really listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** Answers "not ready" from now on, so that the API server is sent elsewhere; still serves. */
    public void leave() {
        stopping.set(true);
    }

    /** Waits a little for answers under way; who has called {@link #leave} a while before cuts nobody off. */
    @Override
    public void close() {
        leave();
        refreshing.shutdownNow();
        workers.shutdown();
        try {
            workers.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.stop(0);
    }

    /** Nothing below TLS 1.2. API servers speak 1.3. */
    private static final class Strict extends HttpsConfigurator {
        Strict(SSLContext context) {
            super(context);
        }

        @Override
        public void configure(HttpsParameters parameters) {
            SSLParameters defaults = getSSLContext().getDefaultSSLParameters();
            defaults.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
            parameters.setSSLParameters(defaults);
        }
    }
}
