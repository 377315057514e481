package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.NetworkNamespace;
import dev.outrigger.testing.NetworkNamespace.Addresses;
import dev.outrigger.testing.NetworkNamespace.Link;
import dev.outrigger.testing.NetworkNamespace.Outcome;
import dev.outrigger.testing.RequiresTool;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
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

    /** More than the few moments in which each of them could break something have to be met. */
    private static final int REINSTALLATIONS = 10;

    private Pod pod;
    private CommandServer commands;
    private NetworkNamespace third;
    private Link thirdLink;
    private Addresses far;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException, InterruptedException {
        NetworkNamespace.assumeAllowed();
        pod = Pod.create(directory);
        third = NetworkNamespace.create("third");
        thirdLink = pod.network().link(third);
        far = thirdLink.far();
        commands = CommandServer.start(pod.network());
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
        if (commands != null) {
            commands.close();
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
    @Order(1)
    void anAddressOfTheLinkIsNoService() throws Exception {
        String address = linkLocal(pod.network(), pod.device()) + '%' + pod.clientDevice();
        String seen = pod.get(address, PodServer.HTTP, "/");
        assertTrue(seen.startsWith("peer: fe80:"), seen);
        assertFalse(isTraced(seen), seen);

        String neighbour = linkLocal(third, thirdLink.farDevice()) + "%25" + thirdLink.nearDevice();
        String fetched = pod.fetch("http://[" + neighbour + "]:" + PodServer.HTTP + "/");
        assertTrue(fetched.startsWith("200\npeer: fe80:"), fetched);
        assertFalse(isTraced(fetched), fetched);
    }

    @Test
    @Order(2)
    void toInstallAgainDisturbsNobody() throws Exception {
        assertUndisturbed("--inbound-mode=redirect");
    }

    @Test
    @Order(3)
    void withTproxyTheApplicationSeesItsClients() throws Exception {
        // As some networks of clusters have it: marks count where the kernel asks whether a packet may come from where
        // it does.
        pod.run("echo 1 >/proc/sys/net/ipv4/conf/all/src_valid_mark");
        // Ports that the clients do not have, as the sidecar calls from their addresses.
        pod.run("echo 20000 29999 >/proc/sys/net/ipv4/ip_local_port_range");
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
        assertTrue(pod.get(pod.addresses().v4(), Pod.STATUS, "/ready").contains("ready"));
    }

    @Test
    @Order(4)
    void toInstallAgainWithTproxyDisturbsNobody() throws Exception {
        assertUndisturbed("--inbound-mode=tproxy");
    }

    @Test
    @Order(5)
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

    /** Connects again and again, and speaks on connections that are there, while the rules are installed. */
    private void assertUndisturbed(String option) throws Exception {
        List<String> addresses = both(pod.addresses());
        AtomicBoolean isOver = new AtomicBoolean();
        ExecutorService clients = Executors.newFixedThreadPool(addresses.size());
        try (RawClient v4 = Pod.connect(addresses.get(0), PodServer.ECHO);
                RawClient v6 = Pod.connect(addresses.get(1), PodServer.ECHO)) {
            List<Future<Integer>> counts = addresses.stream()
                    .map(address -> clients.submit(() -> {
                        int count = 0;
                        for (; !isOver.get(); count++) {
                            assertEquals("again", pod.converse(address, PodServer.ECHO, "again"));
                        }
                        return count;
                    }))
                    .toList();
            for (int i = 0; i < REINSTALLATIONS; i++) {
                interception(option);
                assertEchoes(v4);
                assertEchoes(v6);
            }
            isOver.set(true);
            for (Future<Integer> count : counts) {
                assertTrue(count.get() > REINSTALLATIONS);
            }
        } finally {
            isOver.set(true);
            clients.shutdown();
        }
    }

    private static void assertEchoes(RawClient client) throws IOException {
        client.send("still");
        assertEquals("still", new String(client.in().readNBytes(5), StandardCharsets.UTF_8));
    }

    /** The address that an interface has of itself, once it may be used. */
    private static String linkLocal(NetworkNamespace network, String device) throws IOException, InterruptedException {
        // Until no other has it, which takes the kernel a second.
        network.run("sh", "-c", "while ip -6 address show dev " + device + " | grep -q tentative; do :; done");
        String shown = network.run("ip", "-6", "-oneline", "address", "show", "dev", device, "scope", "link");
        return shown.replaceFirst("(?s).* (fe80:[0-9a-f:]+)/.*", "$1");
    }

    /** What the command prints when all is well. */
    private String interception(String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("init-interception"));
        arguments.addAll(List.of(options));
        Outcome outcome = commands.run(arguments.toArray(String[]::new));
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
            // Who leaves before the end of an answer has cancelled the call.
            assertTrue(WireMessage.read(client.in()).text().contains("result"));
        }
    }

    private void awaitTools(double calls, String tool) throws Exception {
        pod.awaitMetric(calls, "mcp_tool_execution_total", "tool_name=\"" + tool + '"', "status=\"success\"");
    }
}
