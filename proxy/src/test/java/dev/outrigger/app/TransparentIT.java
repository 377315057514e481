package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.NetworkNamespace;
import dev.outrigger.testing.NetworkNamespace.Addresses;
import dev.outrigger.testing.RequiresTool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that the network redirects to the sidecar, in and out, with REDIRECT, of both families. */
@RequiresTool({"ip", "iptables", "ip6tables", "setpriv", "curl"})
@TestInstance(Lifecycle.PER_CLASS)
class TransparentIT {
    private static final String CALLS = "circuit_breaker_calls_total";
    private static final String REQUESTS = "http_requests_total";
    private static final String CLOSED = "outrigger_connections_closed_total";
    private static final String OPAQUE = "outrigger_tcp_connections_total";
    private static final String OWN_USER =
            "iptables -t nat -%s OUTPUT -m owner --uid-owner " + Pod.UID + " -j RETURN\n";

    private Pod pod;
    private NetworkNamespace third;
    private Addresses far;

    /** Value of {@code runtime.transport}. */
    String transport() {
        return "auto";
    }

    @BeforeAll
    void intercept(@TempDir Path directory) throws IOException, InterruptedException {
        NetworkNamespace.assumeAllowed();
        pod = Pod.create(directory);
        third = NetworkNamespace.create("third");
        far = pod.network().link(third).far();
        pod.serve();
        Pod.serve(third, directory.resolve("third.out"));
        pod.sidecar(config("inbound"));
        pod.rules("""
                iptables -t nat -A PREROUTING -p tcp -m multiport --dports 9465,15000 -j RETURN
                iptables -t nat -A PREROUTING -p tcp -j REDIRECT --to-ports 15006
                """ + OWN_USER.formatted("A") + """
                iptables -t nat -A OUTPUT -o lo -j RETURN
                iptables -t nat -A OUTPUT -p tcp -j REDIRECT --to-ports 15001
                """);
    }

    /** @param inbound what the listener of that direction is called */
    private String config(String inbound) {
        return """
                outrigger {
                  listeners.%s { bind = "[::]:15006", mode = transparent }
                  listeners.outbound { bind = "[::]:15001", mode = transparent }
                  upstreams.claimed.endpoints = ["127.0.0.1:8080"]
                  upstreams.app.endpoints = ["127.0.0.1:8080"]
                  upstreams.partner.endpoints = ["%s:8080"]
                  routes = [{ match.path-prefix = "/claimed", upstream = claimed }, { match.path-prefix = "/routed", upstream = app }]
                  status.bind = "[::]:9465"
                  lifecycle { warm-up = false }
                  runtime { workers = 2, transport = %s }
                  defaults.upstream { pool.connect-timeout = 10s, breaker.consecutive-failures = 3, breaker.open-for = 1h }
                  overload.max-loop-stall = 0s
                }
                """.formatted(inbound, far.v4(), transport());
    }

    @AfterAll
    void close() throws IOException {
        if (third != null) {
            third.close();
        }
        if (pod != null) {
            pod.close();
        }
    }

    private String address(String family) {
        return family.equals("v4") ? pod.addresses().v4() : pod.addresses().v6();
    }

    private String url(String family, String path) {
        return "http://" + (family.equals("v4") ? far.v4() : "[" + far.v6() + "]") + ":8080" + path;
    }

    @ParameterizedTest
    @ValueSource(strings = {"v4", "v6"})
    void callsToTheServersOwnPortComeThroughTheProxyFromItsOwnAddress(String family) throws Exception {
        String seen = pod.get(address(family), PodServer.HTTP, "/");

        assertTrue(seen.contains(family.equals("v4") ? "peer: 127.0.0.6\n" : "peer: 0:0:0:0:0:0:0:6\n"), seen);
        assertTrue(seen.toLowerCase(Locale.ROOT).contains("traceparent: "), seen);
        assertTrue(seen.contains("X-forwarded-for: "), seen);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v4", "v6"})
    void callsOfToolsAreCounted(String family) throws Exception {
        String tool = "tool_" + family;
        try (RawClient client = Pod.connect(address(family), PodServer.HTTP)) {
            String call = Rpc.call("1", tool);
            client.send("POST /mcp HTTP/1.1\r\nHost: pod\r\nContent-Type: application/json\r\nContent-Length: "
                    + call.length() + "\r\n\r\n" + call);
            // Who leaves before the end of an answer has cancelled the call.
            assertTrue(WireMessage.read(client.in()).text().contains("result"));
        }

        pod.awaitMetric(1, "mcp_tool_execution_total", "tool_name=\"" + tool + '"', "status=\"success\"");
        pod.awaitMetricAtLeast(1, "mcp_query_duration_seconds_count", "server=\"original\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v4", "v6"})
    void whatTheServerCallsIsTraced(String family) throws Exception {
        String fetched = pod.fetch(url(family, "/"));

        assertTrue(fetched.startsWith("200\n"), fetched);
        assertTrue(fetched.toLowerCase(Locale.ROOT).contains("traceparent: "), fetched);
    }

    @Test
    void anUpstreamHasWhatWasGoingToItsEndpoint() throws Exception {
        assertTrue(pod.fetch(url("v4", "/claimed")).startsWith("200\n"));

        pod.awaitMetricAtLeast(1, CALLS, "component=\"partner\"");
        // A path alone claims nothing of what goes out.
        assertEquals(0, pod.metric(CALLS, "component=\"claimed\""));
    }

    @Test
    void aRouteHasWhatComesInOnItsPath() throws Exception {
        double before = pod.metric(REQUESTS, "endpoint=\"/routed\"");

        String seen = pod.get(address("v4"), PodServer.HTTP, "/routed");

        assertTrue(seen.contains("peer: 127.0.0.1\n"), seen);
        pod.awaitMetric(before + 1, REQUESTS, "endpoint=\"/routed\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v4", "v6"})
    void aServerThatSpeaksFirstIsNotWaitedFor(String family) throws Exception {
        double before = pod.metric(OPAQUE, "server=\"original\"", "outcome=\"success\"");

        String heard = pod.converse(address(family), PodServer.SPEAKS_FIRST, "SELECT 1");

        assertEquals("hello " + (family.equals("v4") ? "127.0.0.6" : "0:0:0:0:0:0:0:6") + "\nSELECT 1", heard);
        pod.awaitMetricAtLeast(before + 1, OPAQUE, "server=\"original\"", "outcome=\"success\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v4", "v6"})
    void whatIsNoHttpPassesAsItIs(String family) throws Exception {
        double before = pod.metric(OPAQUE, "listener=\"inbound\"", "server=\"original\"");

        assertEquals("\u0000\u0001\u0002", pod.converse(address(family), PodServer.ECHO, "\u0000\u0001\u0002"));

        pod.awaitMetricAtLeast(before + 1, OPAQUE, "listener=\"inbound\"", "server=\"original\"");
    }

    @Test
    void aConnectionToTheListenerItselfIsRefused() throws Exception {
        double before = pod.metric(CLOSED, "reason=\"not_redirected\"");

        assertTrue(pod.network()
                .tryRun("curl", "-sS", "http://" + address("v4") + ":15006/")
                .output()
                .contains("curl: ("));

        pod.awaitMetric(before + 1, CLOSED, "reason=\"not_redirected\"");
        assertTrue(pod.log().contains("made to the listener itself"), pod.log());
    }

    @Test
    void aConnectionThatWasGoingToAnotherListenerIsRefused() throws Exception {
        double before = pod.metric(CLOSED, "reason=\"loop\"");

        try (RawClient client = Pod.connect(address("v4"), 15001)) {
            assertTrue(client.readToEnd().matches("|<reset>"));
        }

        pod.awaitMetricAtLeast(before + 1, CLOSED, "reason=\"loop\"");
    }

    @Test
    void theProxysOwnConnectionsComeBackOnce() throws Exception {
        double before = pod.metric(CLOSED, "reason=\"loop\"");
        pod.rules(OWN_USER.formatted("D"));
        try {
            // Nobody else's destination, since its breaker opens.
            assertTrue(pod.fetch(url("v6", "/").replace(":8080", ":8081")).startsWith("502\n"));
        } finally {
            pod.rules(OWN_USER.formatted("I"));
        }

        pod.awaitMetricAtLeast(before + 1, CLOSED, "reason=\"loop\"");
        double refused = pod.metric(CLOSED, "reason=\"loop\"") - before;
        assertTrue(refused < 100, refused + " were refused");
    }

    @Test
    void whatGoesOutIsLeftAsItCame() throws Exception {
        String seen = pod.network().run("curl", "-sS", "--path-as-is", "-H", "X_Key: 1", url("v4", "/a//b/../c/%2e"));

        assertTrue(seen.contains("target: /a//b/../c/%2e\n"), seen);
        assertTrue(seen.contains("X_key: 1\n"), seen);
        assertTrue(seen.contains("Traceparent: "), seen);
        assertFalse(seen.toLowerCase(Locale.ROOT).contains("forwarded"), seen);
    }

    @Test
    void aProxyThatTheServerAsksIsToldWhatItNeeds() throws Exception {
        String proxy = "http://user:secret@[" + far.v6() + "]:" + PodServer.HTTP;

        String seen = pod.network().run("curl", "-sS", "-x", proxy, "http://service.test/x?y=1");

        assertTrue(seen.contains("target: http://service.test/x?y=1\n"), seen);
        assertTrue(seen.contains("Host: service.test\n"), seen);
        assertTrue(seen.contains("Proxy-authorization: Basic "), seen);
    }

    @Test
    void aConnectionToADestinationThatIsGoneEnds() throws Exception {
        try (RawClient client = Pod.connect(address("v6"), 9998)) {
            client.send("GET / HTTP/1.1\r\nHost: pod\r\n\r\n");
            WireMessage answer = WireMessage.read(client.in());

            assertEquals(502, answer.status());
            assertEquals("close", answer.header("Connection"));
            assertTrue(answer.text().contains("connect_refused"), answer.text());
            assertEquals("", client.readToEnd());
        }
    }

    @Test
    void aConnectionGoesOnWhenItsListenerIsCalledOtherwise() throws Exception {
        try (RawClient client = Pod.connect(address("v4"), PodServer.HTTP)) {
            for (String name : new String[] {"inbound", "front", "inbound"}) {
                pod.reload(config(name));
                client.send("GET / HTTP/1.1\r\nHost: pod\r\n\r\n");
                WireMessage answer = WireMessage.read(client.in());
                assertTrue(answer.text().startsWith("peer: 127.0.0.6\n"), name + ": " + answer.text());
            }
        }
    }

    @Test
    void eachDestinationHasABreakerOfItsOwn() throws Exception {
        int nobody = 9999;
        for (int i = 0; i < 3; i++) {
            assertTrue(pod.get(address("v4"), nobody, "/").startsWith("502 "));
        }

        String refused = pod.get(address("v4"), nobody, "/");
        assertTrue(refused.startsWith("503 "), refused);
        assertTrue(pod.get(address("v4"), PodServer.HTTP, "/").contains("peer: "));

        String breaker = "original@" + address("v4") + ':' + nobody;
        assertEquals(1, pod.metric("circuit_breaker_state", "component=\"" + breaker + '"', "state=\"open\""));
        assertTrue(pod.admin("/breakers").contains("\"name\":\"" + breaker + "\",\"state\":\"open\""));
        assertTrue(pod.admin("/upstreams").contains("\"address\":\"" + address("v4") + ":8080\""));
        assertTrue(pod.get(address("v4"), Pod.STATUS, "/ready").contains("ready"));
    }
}
