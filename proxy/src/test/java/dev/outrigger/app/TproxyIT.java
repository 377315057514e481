package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.NetworkNamespace;
import dev.outrigger.testing.NetworkNamespace.Addresses;
import dev.outrigger.testing.RequiresTool;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that come in with the addresses that they had (TPROXY), of both families. */
@RequiresTool({"ip", "iptables", "ip6tables", "setpriv", "curl"})
@TestInstance(Lifecycle.PER_CLASS)
class TproxyIT {
    private Pod pod;
    /** Of another client. */
    private Addresses others;

    /** Value of {@code runtime.transport}. */
    String transport() {
        return "auto";
    }

    @BeforeAll
    void intercept(@TempDir Path directory) throws IOException, InterruptedException {
        NetworkNamespace.assumeAllowed();
        pod = Pod.create(directory);
        pod.serve();
        others = pod.addClient();
        pod.sidecar("""
                outrigger {
                  listeners.inbound { bind = "[::]:15006", mode = transparent, tproxy = true }
                  status.bind = "[::]:9465"
                  lifecycle { warm-up = false }
                  runtime { workers = 2, transport = %s }
                  defaults.upstream.pool.connect-timeout = 10s
                  overload.max-loop-stall = 0s
                }
                """.formatted(transport()), "net_admin");
        // What the application answers to a client's address is kept in here by a mark.
        pod.rules("""
                iptables -t mangle -A PREROUTING -i %1$s -p tcp -m multiport --dports 9465,15000 -j RETURN
                iptables -t mangle -A PREROUTING -i %1$s -p tcp -m conntrack --ctstate RELATED,ESTABLISHED -j MARK --set-mark 1337
                iptables -t mangle -A PREROUTING -i %1$s -p tcp -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
                iptables -t mangle -A PREROUTING -i %1$s -p tcp -j TPROXY --on-port 15006 --tproxy-mark 1337
                iptables -t mangle -A OUTPUT -p tcp -o lo -m owner --uid-owner %2$d -m addrtype ! --src-type LOCAL -j CONNMARK --set-mark 1337
                iptables -t mangle -A OUTPUT -p tcp -m connmark --mark 1337 -j CONNMARK --restore-mark
                """.formatted(pod.device(), Pod.UID));
        for (String family : new String[] {"-4", "-6"}) {
            pod.run("ip " + family + " rule add fwmark 1337 lookup 133");
            pod.run("ip " + family + " route add local default dev lo table 133");
        }
    }

    @AfterAll
    void close() throws IOException {
        if (pod != null) {
            pod.close();
        }
    }

    private String address(String family) {
        return family.equals("v4") ? pod.addresses().v4() : pod.addresses().v6();
    }

    /** Of the test, as Java writes it. */
    private String client(String family) throws IOException {
        return InetAddress.getByName(
                        family.equals("v4") ? pod.client().v4() : pod.client().v6())
                .getHostAddress();
    }

    @ParameterizedTest
    @ValueSource(strings = {"v4", "v6"})
    void theApplicationSeesWhoItsClientsAre(String family) throws Exception {
        for (int i = 0; i < 2; i++) {
            String seen = pod.get(address(family), PodServer.HTTP, "/");
            assertTrue(seen.startsWith("peer: " + client(family) + "\n"), seen);
        }

        String heard = pod.converse(address(family), PodServer.SPEAKS_FIRST, "SELECT 1");
        assertEquals("hello " + client(family) + "\nSELECT 1", heard);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v4", "v6"})
    void manyRequestsOfAClientShareItsConnections(String family) throws Exception {
        Set<String> ports = new HashSet<>();
        try (RawClient client = Pod.connect(address(family), PodServer.HTTP)) {
            for (int i = 0; i < 50; i++) {
                client.send("GET / HTTP/1.1\r\nHost: pod\r\n\r\n");
                String[] seen = WireMessage.read(client.in()).text().split("\n", 3);
                assertEquals("peer: " + client(family), seen[0]);
                ports.add(seen[1]);
            }
        }

        assertEquals(1, ports.size(), ports.toString());
        // Those of the client itself are higher.
        int port = Integer.parseInt(ports.iterator().next().substring("port: ".length()));
        assertTrue(port >= 10_000 && port < 32_768, "port " + port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v4", "v6"})
    void noClientHasAConnectionThatShowsAnother(String family) throws Exception {
        String other = family.equals("v4") ? others.v4() : others.v6();
        String url = "http://" + (family.equals("v4") ? address(family) : "[" + address(family) + "]") + ":8080/";
        String shown = InetAddress.getByName(other).getHostAddress();
        for (int i = 0; i < 4; i++) {
            String own = pod.get(address(family), PodServer.HTTP, "/");
            assertTrue(own.startsWith("peer: " + client(family) + "\n"), own);
            String theirs = pod.getFrom(other, url);
            assertTrue(theirs.startsWith("peer: " + shown + "\n"), theirs);
        }
    }

    @Test
    void aConnectionToTheListenerItselfIsRefused() throws Exception {
        double before = pod.metric("outrigger_connections_closed_total", "reason=\"loop\"");

        assertTrue(pod.network()
                .tryRun("curl", "-sS", "http://" + address("v4") + ":15006/")
                .output()
                .contains("curl: ("));

        pod.awaitMetric(before + 1, "outrigger_connections_closed_total", "reason=\"loop\"");
    }
}
