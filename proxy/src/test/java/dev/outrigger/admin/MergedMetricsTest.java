package dev.outrigger.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    private volatile String contentType = "text/plain; version=0.0.4";

    @BeforeEach
    void start() throws IOException {
        application = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        application.createContext("/metrics", exchange -> {
            byte[] body = "app_total 7\njvm_threads_current 9\n# EOF\n".getBytes(StandardCharsets.UTF_8);
            if (!contentType.isEmpty()) {
                exchange.getResponseHeaders().set("Content-Type", contentType);
            }
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

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/openmetrics-text; version=1.0.0", "application/json"})
    void takesNothingButText(String type) throws Exception {
        contentType = type;

        String page = page("http://127.0.0.1:" + application.getAddress().getPort() + "/metrics");

        assertEquals(OWN + "# the application's metrics are missing: expected text/plain\n", page);
    }

    @Test
    void takesTextThatDoesNotSayWhatItIs() throws Exception {
        contentType = "";

        assertEquals(
                OWN + "app_total 7\n",
                page("http://127.0.0.1:" + application.getAddress().getPort() + "/metrics"));
    }

    @Test
    void isThereWhenTheApplicationAcceptsAndSaysNothing() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                OpsPort port = new OpsPort(
                        OpsRoutes.builder()
                                .get(
                                        "/metrics",
                                        "metrics",
                                        merged("http://127.0.0.1:" + silent.getLocalPort() + "/metrics")
                                                .endpoint())
                                .build(),
                        List.of())) {
            var answer = port.get("/metrics", "X-Prometheus-Scrape-Timeout-Seconds", "0.1");

            assertEquals(OWN + "# the application's metrics are missing: no answer in time\n", answer.body());
        }
    }

    @ParameterizedTest
    @CsvSource({"10,9500", "0.5,250", "1.5,1000", "1e9,59500", "-1,3000", "NaN,3000", "soon,3000", "'',3000"})
    void waitsALittleLessThanTheScraper(String seconds, long millis) {
        assertEquals(Duration.ofMillis(millis), MergedMetrics.limit(List.of(seconds)));
    }

    @Test
    void waitsThreeSecondsWhereTheScraperDoesNotSay() {
        assertEquals(Duration.ofSeconds(3), MergedMetrics.limit(List.of()));
    }

    @Test
    void leavesLinesOutThatAreNoMetrics() {
        assertEquals(
                "a 1\nb 2\n# lines of the application that are no metrics: 2\n",
                MergedMetrics.merged("a 1\n", "<html>\nb 2\nc{ 3\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a 1",
                "a:b_total  1.5e3\t1700000000000",
                "a{} NaN",
                "a {x = \"}\\\" ,\", y=\"\",} +Inf -5",
                "# HELP a anything {\"",
                "# TYPE a histogram",
                "# anything",
                "#TYPE"
            })
    void knowsALineOfTheFormat(String line) {
        assertTrue(MetricLine.isValid(line), line);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a ",
                "1a 1",
                "a-b 1",
                "a one",
                "a 1d",
                "a 1 2 3",
                "a 1 soon",
                "a{x} 1",
                "a{x=\"1} 2",
                "a{x=\"\\",
                "a{x=\"1\"",
                "a{x=\"1\"}",
                "a{1=\"1\"} 1",
                "<!DOCTYPE html>",
                "# TYPE a info",
                "# TYPE a",
                "# HELP"
            })
    void knowsALineThatIsNone(String line) {
        assertFalse(MetricLine.isValid(line), line);
    }

    private String page(String url) throws Exception {
        OpsReply reply = merged(url).render("*/*").toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertEquals(200, reply.status());
        return reply.bodyText();
    }

    private MergedMetrics merged(String url) {
        MetricsSource own = accept -> CompletableFuture.completedFuture(OpsReply.text(200, OWN));
        return new MergedMetrics(own, () -> url, clients.client());
    }
}
