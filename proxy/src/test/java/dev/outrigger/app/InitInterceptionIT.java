package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.NetworkNamespace;
import dev.outrigger.testing.NetworkNamespace.Outcome;
import dev.outrigger.testing.RequiresTool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command in networks of its own, with the kernel's packet filters: what it installs, proves, shows and takes away. */
@Timeout(180)
@RequiresTool({"ip", "setpriv", "iptables-nft", "iptables-legacy"})
class InitInterceptionIT {
    private NetworkNamespace pod;
    private NetworkNamespace client;
    private CommandServer commands;

    @BeforeEach
    void network() throws IOException, InterruptedException {
        NetworkNamespace.assumeAllowed();
        pod = NetworkNamespace.create("pod");
        client = NetworkNamespace.create("client");
        pod.link(client);
        commands = CommandServer.start(pod);
    }

    @AfterEach
    void close() throws IOException, InterruptedException {
        if (commands != null) {
            commands.close();
        }
        for (NetworkNamespace network : new NetworkNamespace[] {client, pod}) {
            if (network != null) {
                network.close();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"nft, redirect", "nft, tproxy", "legacy, redirect", "legacy, tproxy"})
    void whatIsInstalledIsProvenForBothFamiliesAndLeavesNothingWhenRemoved(String backend, String mode)
            throws Exception {
        String before = state();

        Outcome installed = command("--backend", backend, "--inbound-mode", mode, "--validate");

        assertEquals(0, installed.exit(), installed.output());
        for (String family : List.of("IPv4", "IPv6")) {
            assertTrue(installed.output().contains(family + " inbound: a connection to "), installed.output());
            assertTrue(installed.output().contains(family + " outbound: a connection to "), installed.output());
        }
        String first = rules();
        assertEquals(0, command("--backend", backend, "--inbound-mode", mode).exit());
        assertEquals(first, rules(), "twice is once");

        assertEquals("removed\n", demand("--remove"));
        assertEquals(before, state());
    }

    @Test
    void anotherBackendOrModeTakesThePlaceOfTheFirst() throws Exception {
        demand("--backend", "legacy", "--inbound-mode", "tproxy", "--no-outbound");
        demand("--backend", "nft", "--proxy-uid", "2000");

        String shown = demand("--show");
        assertTrue(shown.contains("IPv4 nft nat: -A OUTRIGGER_OUTPUT -m owner --uid-owner 2000 -j RETURN"), shown);
        assertFalse(shown.contains("legacy"), shown);
        assertFalse(shown.contains("mangle"), shown);
        assertFalse(shown.contains("fwmark"), shown);
    }

    @Test
    void whoHasRulesAlreadyDecidesOfTheBackend() throws Exception {
        pod.run("iptables-legacy", "-t", "nat", "-A", "OUTPUT", "-d", "192.0.2.9", "-j", "RETURN");

        assertTrue(demand().contains("outbound to port 15001 (legacy)"));
        demand("--remove");
        assertEquals("nothing is installed\n", demand("--show"));

        assertTrue(pod.run("iptables-legacy-save").contains("-A OUTPUT -d 192.0.2.9/32 -j RETURN"), "not ours");
    }

    @Test
    void aRuleThatIsMissingIsFound() throws Exception {
        demand("--backend", "nft");
        pod.run("iptables-nft", "-t", "nat", "-F", "OUTRIGGER_TO_INBOUND");
        assertFails("IPv4 inbound: a connection to 127.0.0.6:8080 did not come to port 15006", "--validate-only");

        demand("--backend", "nft");
        pod.run("iptables-nft", "-t", "nat", "-D", "PREROUTING", "-p", "tcp", "-j", "OUTRIGGER_INBOUND");
        assertFails("IPv4 inbound: no rule of PREROUTING leads to ours", "--validate-only");

        demand("--backend", "nft");
        pod.run("ip6tables-nft", "-t", "nat", "-F", "OUTRIGGER_OUTPUT");
        assertFails("IPv6 outbound: a connection to ", "--validate-only", "--no-inbound");

        assertFails("IPv4: nothing is installed", demandThen("--remove", "--validate-only"));
    }

    @Test
    void otherPortsThanInstalledAreNotProven() throws Exception {
        demand("--inbound-ports", "9000-9010", "--validate");
        assertFails("IPv4 inbound: a connection to 127.0.0.6:8080 did not come", "--validate-only");
    }

    @Test
    void theProxyItselfCanNotProveWhatIsOutbound() throws Exception {
        demand();
        Outcome outcome = as(1337, "--validate-only");
        assertEquals(1, outcome.exit(), outcome.output());
        assertTrue(outcome.output().contains("whose connections are the proxy's own"), outcome.output());

        Outcome inbound = as(1337, "--validate-only", "--no-outbound");
        assertEquals(0, inbound.exit(), inbound.output());
    }

    @Test
    void whoeverMayNotIsToldWhatItTakes() throws Exception {
        Outcome outcome = as(1000);
        assertEquals(1, outcome.exit(), outcome.output());
        assertTrue(outcome.output().contains("NET_ADMIN"), outcome.output());
    }

    @Test
    void whatCanNotBeInstalledWholeIsNotInstalledAtAll() throws Exception {
        String before = state();
        // IPv6 is missing, and has to be there: IPv4 is installed first.
        pod.run("sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/lo/disable_ipv6");

        assertFails("IPv6: lo has no address of it");
        assertFails("IPv6: lo has no address of it", "--ipv6", "on");

        pod.run("sh", "-c", "echo 0 >/proc/sys/net/ipv6/conf/lo/disable_ipv6");
        assertEquals(before, state());
    }

    @Test
    void whatWasThereStaysWhereAnotherCanNotBeInstalled() throws Exception {
        demand("--backend", "nft", "--ipv6", "off", "--inbound-mode", "tproxy");
        String before = state();
        pod.run("sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/lo/disable_ipv6");

        assertFails("IPv6: lo has no address of it", "--backend", "legacy");

        pod.run("sh", "-c", "echo 0 >/proc/sys/net/ipv6/conf/lo/disable_ipv6");
        assertEquals(before, state());
    }

    private void assertFails(String message, String... arguments) throws IOException, InterruptedException {
        Outcome outcome = command(arguments);
        assertEquals(1, outcome.exit(), outcome.output());
        assertTrue(outcome.output().contains("outrigger: " + message), outcome.output());
    }

    /** Does the first, and gives the rest. */
    private String[] demandThen(String first, String... rest) throws IOException, InterruptedException {
        demand(first);
        return rest;
    }

    private String demand(String... arguments) throws IOException, InterruptedException {
        Outcome outcome = command(arguments);
        assertEquals(0, outcome.exit(), outcome.output());
        return outcome.output();
    }

    private Outcome command(String... arguments) throws IOException, InterruptedException {
        return commands.run(arguments(arguments));
    }

    private Outcome as(int uid, String... arguments) throws IOException, InterruptedException {
        return pod.tryRun(NetworkNamespace.as(uid, java(arguments)).toArray(String[]::new));
    }

    private static List<String> java(String... arguments) {
        return NetworkNamespace.java(Main.class, arguments(arguments));
    }

    private static String[] arguments(String... arguments) {
        List<String> all = new ArrayList<>(List.of("init-interception"));
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }

    /** All rules of the network, but for what counts or dates. */
    private String rules() throws IOException, InterruptedException {
        StringBuilder rules = new StringBuilder();
        for (String save :
                List.of("iptables-nft-save", "ip6tables-nft-save", "iptables-legacy-save", "ip6tables-legacy-save")) {
            pod.run(save)
                    .lines()
                    .filter(line -> line.startsWith("-A ") || line.contains("OUTRIGGER"))
                    .map(line -> line.replaceAll("\\[\\d+:\\d+]", ""))
                    .forEach(line -> rules.append(save).append(' ').append(line).append('\n'));
        }
        return rules.toString();
    }

    /** And what else the command touches. */
    private String state() throws IOException, InterruptedException {
        StringBuilder state = new StringBuilder(rules());
        for (String family : List.of("-4", "-6")) {
            state.append(pod.run("ip", family, "rule", "show"));
            // A table that never was is an error to ask for.
            state.append(pod.run("sh", "-c", "ip " + family + " route show table 133 2>/dev/null || true"));
            state.append(pod.run("ip", family, "-oneline", "address", "show", "dev", "lo"));
        }
        return state.toString();
    }
}
