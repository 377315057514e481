package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.NetworkNamespace;
import dev.outrigger.testing.NetworkNamespace.Addresses;
import dev.outrigger.testing.NetworkNamespace.Outcome;
import dev.outrigger.testing.RequiresTool;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The life of a pod from end to end: the rules as init-interception installs and proves them, the sidecar, a server that knows
 * of neither, a client and a third party. First what is redirected, then what TPROXY shows, then a pod without any of it.
 */
@Timeout(180)
@RequiresTool({"ip", "iptables-nft", "setpriv", "curl"})
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class InterceptionIT {
    private static final String CONFIG = """
            outrigger {
              listeners.inbound { bind = "[::]:15006", mode = transparent, tproxy = %s }
              listeners.outbound { bind = "[::]:15001", mode = transparent }
              status.bind = "[::]:9465"
              lifecycle { warm-up = false }
              runtime.workers = 2
              defaults.upstream.pool.connect-timeout = 10s
              overload.max-loop-stall = 0s
            }
            """;

    private static final String CLOSED = "outrigger_connections_closed_total";
    private static final String OPAQUE = "outrigger_tcp_connections_total";

    private Pod pod;
    private NetworkNamespace third;
    private Addresses far;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException, InterruptedException {
        NetworkNamespace.assumeAllowed();
        pod = Pod.create(directory);
        third = NetworkNamespace.create("third");
        far = pod.network().link(third).far();
        String proven = interception("--validate");
        assertTrue(proven.contains("IPv4 outbound: a connection to "), proven);
        assertTrue(proven.contains("IPv6 inbound: a connection to "), proven);
        pod.serve();
        Pod.serve(third, directory.resolve("third.out"));
        pod.sidecar(CONFIG.formatted("false"));
    }

    @AfterAll
    void close() throws IOException, InterruptedException {
        if (third != null) {
            third.close();
        }
        if (pod != null) {
            pod.close();
        }
    }

    @Test
    @Order(1)
    void callsToTheServersOwnPortAreCountedByTool() throws Exception {
        for (String address : both(pod.addresses())) {
            for (String tool : new String[] {"weather", "search", "search"}) {
                callTool(address, tool);
            }
        }

        awaitTools(2, "weather");
        awaitTools(4, "search");
        String seen = pod.get(pod.addresses().v6(), PodServer.HTTP, "/");
        assertTrue(seen.startsWith("peer: 0:0:0:0:0:0:0:6\n"), seen);
    }

    @Test
    @Order(1)
    void whatTheServerCallsElsewhereIsTraced() throws Exception {
        for (String address : List.of(far.v4(), "[" + far.v6() + "]")) {
            String fetched = pod.fetch("http://" + address + ":" + PodServer.HTTP + "/");
            assertTrue(fetched.startsWith("200\n"), fetched);
            assertTrue(isTraced(fetched), fetched);
        }
    }

    @Test
    @Order(1)
    void whatTheServerCallsAtItsOwnAddressIsItsOwnBusiness() throws Exception {
        String fetched = pod.fetch("http://" + pod.addresses().v4() + ":" + PodServer.HTTP + "/");
        assertTrue(fetched.startsWith("200\npeer: " + pod.addresses().v4() + "\n"), fetched);
        assertFalse(isTraced(fetched), fetched);
    }

    @Test
    @Order(1)
    void serversThatSpeakFirstAndBinaryProtocolsPass() throws Exception {
        double before = pod.metric(OPAQUE, "listener=\"inbound\"");
        for (String address : both(pod.addresses())) {
            String heard = pod.converse(address, PodServer.SPEAKS_FIRST, "SELECT 1");
            assertTrue(heard.startsWith("hello ") && heard.endsWith("\nSELECT 1"), heard);
            assertEquals("\u0000\u0001\u0002\u007f", pod.converse(address, PodServer.ECHO, "\u0000\u0001\u0002\u007f"));
        }
        pod.awaitMetricAtLeast(before + 4, OPAQUE, "listener=\"inbound\"");
    }

    @Test
    @Order(1)
    void theStatusPortIsNotRedirectedAndALoopIsRefused() throws Exception {
        assertTrue(pod.get(pod.addresses().v4(), Pod.STATUS, "/ready").contains("ready"));
        double before = pod.metric(CLOSED, "reason=\"not_redirected\"");

        for (int port : new int[] {15006, 15001}) {
            try (RawClient client = Pod.connect(pod.addresses().v4(), port)) {
                assertTrue(client.readToEnd().matches("|<reset>"), "port " + port);
            }
        }

        pod.awaitMetric(before + 2, CLOSED, "reason=\"not_redirected\"");
    }

    @Test
    @Order(2)
    void withTproxyTheApplicationSeesItsClients() throws Exception {
        pod.stopSidecar();
        interception("--inbound-mode=tproxy", "--validate");
        pod.sidecar(CONFIG.formatted("true"), "net_admin");

        for (String family : new String[] {"v4", "v6"}) {
            boolean isIpv4 = family.equals("v4");
            String address = isIpv4 ? pod.addresses().v4() : pod.addresses().v6();
            String client = isIpv4 ? pod.client().v4() : pod.client().v6();
            String seen = pod.get(address, PodServer.HTTP, "/");
            assertTrue(seen.startsWith("peer: " + InetAddress.getByName(client).getHostAddress() + "\n"), seen);
            assertTrue(isTraced(seen), seen);
            callTool(address, "forecast");
        }
        awaitTools(2, "forecast");
        assertTrue(isTraced(pod.fetch("http://" + far.v4() + ":" + PodServer.HTTP + "/")));
    }

    @Test
    @Order(3)
    void withoutRulesAndProxyTrafficFlows() throws Exception {
        interception("--remove");
        pod.stopSidecar();

        for (String address : both(pod.addresses())) {
            String seen = pod.get(address, PodServer.HTTP, "/");
            assertTrue(seen.startsWith("peer: "), seen);
            assertFalse(isTraced(seen), seen);
        }
        String fetched = pod.fetch("http://" + far.v4() + ":" + PodServer.HTTP + "/");
        assertTrue(fetched.startsWith("200\n"), fetched);
        assertFalse(isTraced(fetched), fetched);
    }

    /** What the command prints when all is well. */
    private String interception(String... options) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("init-interception"));
        arguments.addAll(List.of(options));
        Outcome outcome = pod.network()
                .tryRun(NetworkNamespace.java(Main.class, arguments.toArray(String[]::new))
                        .toArray(String[]::new));
        assertEquals(0, outcome.exit(), outcome.output());
        return outcome.output();
    }

    private static List<String> both(Addresses addresses) {
        return List.of(addresses.v4(), addresses.v6());
    }

    private static boolean isTraced(String head) {
        return head.toLowerCase(Locale.ROOT).contains("\ntraceparent: ");
    }

    private static void callTool(String address, String tool) throws IOException {
        try (RawClient client = Pod.connect(address, PodServer.HTTP)) {
            String call = Rpc.call("1", tool);
            client.send("POST /mcp HTTP/1.1\r\nHost: pod\r\nContent-Type: application/json\r\nContent-Length: "
                    + call.length() + "\r\n\r\n" + call);
            assertEquals(200, WireMessage.read(client.in()).status());
        }
    }

    private void awaitTools(double calls, String tool) throws Exception {
        pod.awaitMetric(calls, "mcp_tool_execution_total", "tool_name=\"" + tool + '"', "status=\"success\"");
    }
}
