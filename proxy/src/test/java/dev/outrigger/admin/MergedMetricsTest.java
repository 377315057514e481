package dev.outrigger.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MergedMetricsTest {
    private static final String OWN = """
            # HELP jvm_threads_current Threads
            # TYPE jvm_threads_current gauge
            jvm_threads_current 3
            mcp_calls_total{tool="a"} 1
            """;

    private final AppClients clients = new AppClients();
    private HttpServer application;
    private volatile int status = 200;

    @BeforeEach
    void start() throws IOException {
        application = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        application.createContext("/metrics", exchange -> {
            byte[] body = "app_total 7\njvm_threads_current 9\n# EOF\n".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        application.start();
    }

    @AfterEach
    void stop() {
        application.stop(0);
        clients.close();
    }

    @Test
    void appendsWhatOnlyTheApplicationHas() throws Exception {
        assertEquals(
                OWN + "app_total 7\n",
                page("http://127.0.0.1:" + application.getAddress().getPort() + "/metrics"));
    }

    @Test
    void findsTheApplicationByName() throws Exception {
        assertEquals(
                OWN + "app_total 7\n",
                page("http://localhost:" + application.getAddress().getPort() + "/metrics"));
    }

    @Test
    void asksTheSchemesPortWhereNoneIsNamed() {
        assertEquals(80, AppClient.port(URI.create("http://127.0.0.1/metrics")));
        assertEquals(443, AppClient.port(URI.create("https://127.0.0.1/metrics")));
        assertEquals(9102, AppClient.port(URI.create("http://127.0.0.1:9102/metrics")));
    }

    @Test
    void saysThatTheApplicationGivesNone() throws Exception {
        status = 500;

        String page = page("http://127.0.0.1:" + application.getAddress().getPort() + "/metrics");

        assertEquals(OWN + "# the application's metrics are missing: status 500\n", page);
    }

    @Test
    void isThereWithoutTheApplication() throws Exception {
        application.stop(0);

        String page = page("http://127.0.0.1:" + application.getAddress().getPort() + "/metrics");

        assertTrue(page.startsWith(OWN + "# the application's metrics are missing: "), page);
    }

    @Test
    void isTheSidecarsAloneWhereNothingIsToBeMerged() throws Exception {
        assertEquals(OWN, page(""));
    }

    @Test
    void keepsFamiliesWhoseNamesOnlyBeginAlike() {
        assertEquals(
                "a 1\n# TYPE a_b gauge\na_b{x=\"1\"} 2\n",
                MergedMetrics.merged("a 1\n", "# TYPE a_b gauge\na_b{x=\"1\"} 2\na 3\n"));
    }

    private String page(String url) throws Exception {
        MetricsSource own = accept -> CompletableFuture.completedFuture(OpsReply.text(200, OWN));
        OpsReply reply = new MergedMetrics(own, () -> url, clients.client())
                .render("*/*")
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        assertEquals(200, reply.status());
        return reply.bodyText();
    }
}
