package dev.outrigger.interception;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.interception.InterceptionSettings.Inbound;
import dev.outrigger.interception.InterceptionSettings.Outbound;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules as they are printed, and what is done where programs are missing or fail, with programs of the test's own. */
class InterceptionRulesTest {
    private static final Inbound INBOUND = new Inbound(15006, PortRanges.ALL, PortRanges.NONE, InboundMode.REDIRECT);
    private static final Outbound OUTBOUND =
            new Outbound(15001, PortRanges.ALL, PortRanges.NONE, AddressRanges.NONE, AddressRanges.NONE);

    @TempDir
    private Path directory;

    @Test
    void byDefaultEverythingButTheProxysOwnGoesToTheProxy() throws Exception {
        assertEquals("""
                iptables-restore --noflush --wait 30 <<'END'
                *nat
                :OUTRIGGER_INBOUND - [0:0]
                :OUTRIGGER_TO_INBOUND - [0:0]
                :OUTRIGGER_OUTPUT - [0:0]
                :OUTRIGGER_TO_OUTBOUND - [0:0]
                -A OUTRIGGER_TO_INBOUND -p tcp -j REDIRECT --to-ports 15006
                -A OUTRIGGER_INBOUND -p tcp -m multiport --dports 9465,15000:15001,15006 -j RETURN
                -A OUTRIGGER_INBOUND -p tcp -j OUTRIGGER_TO_INBOUND
                -A PREROUTING -p tcp -j OUTRIGGER_INBOUND
                -A OUTRIGGER_OUTPUT -s 127.0.0.6/32 -o lo -j RETURN
                -A OUTRIGGER_OUTPUT -d 127.0.0.6/32 -o lo -p tcp -g OUTRIGGER_INBOUND
                -A OUTRIGGER_OUTPUT -m owner --uid-owner 1337 -j RETURN
                -A OUTRIGGER_OUTPUT -o lo -j RETURN
                -A OUTRIGGER_TO_OUTBOUND -p tcp -j REDIRECT --to-ports 15001
                -A OUTRIGGER_OUTPUT -p tcp -j OUTRIGGER_TO_OUTBOUND
                -A OUTPUT -p tcp -j OUTRIGGER_OUTPUT
                COMMIT
                END
                """, script(settings(INBOUND, OUTBOUND, Ipv6Mode.OFF, Backend.AUTO)));
    }

    @Test
    void everyListAndBothKindsOfOwnersHaveTheirRules() throws Exception {
        Inbound inbound =
                new Inbound(16006, PortRanges.parse("8080,9000-9100"), PortRanges.parse("9050"), InboundMode.REDIRECT);
        Outbound outbound = new Outbound(
                16001,
                PortRanges.parse("80,443"),
                PortRanges.parse("3306"),
                AddressRanges.parse("10.0.0.0/8,fd00::/8"),
                AddressRanges.parse("10.1.2.3,fd00::1"));
        String script = script(new InterceptionSettings(
                List.of(1337L, 2000L), List.of(3000L), inbound, outbound, Ipv6Mode.ON, Backend.NFT));
        assertEquals("""
                ip -6 address replace ::6/128 dev lo
                ip6tables-nft-restore --noflush --wait 30 <<'END'
                *nat
                :OUTRIGGER_INBOUND - [0:0]
                :OUTRIGGER_TO_INBOUND - [0:0]
                :OUTRIGGER_OUTPUT - [0:0]
                :OUTRIGGER_TO_OUTBOUND - [0:0]
                -A OUTRIGGER_TO_INBOUND -p tcp -j REDIRECT --to-ports 16006
                -A OUTRIGGER_INBOUND -d fe80::/10 -j RETURN
                -A OUTRIGGER_INBOUND -p tcp -m multiport --dports 9050,9465,15000,16001,16006 -j RETURN
                -A OUTRIGGER_INBOUND -p tcp -m multiport --dports 8080,9000:9100 -j OUTRIGGER_TO_INBOUND
                -A PREROUTING -p tcp -j OUTRIGGER_INBOUND
                -A OUTRIGGER_OUTPUT -s ::6/128 -o lo -j RETURN
                -A OUTRIGGER_OUTPUT -d ::6/128 -o lo -p tcp -g OUTRIGGER_INBOUND
                -A OUTRIGGER_OUTPUT -m owner --uid-owner 1337 -j RETURN
                -A OUTRIGGER_OUTPUT -m owner --uid-owner 2000 -j RETURN
                -A OUTRIGGER_OUTPUT -m owner --gid-owner 3000 -j RETURN
                -A OUTRIGGER_OUTPUT -o lo -j RETURN
                -A OUTRIGGER_TO_OUTBOUND -p tcp -j REDIRECT --to-ports 16001
                -A OUTRIGGER_OUTPUT -d fe80::/10 -j RETURN
                -A OUTRIGGER_OUTPUT -p tcp -m multiport --dports 3306 -j RETURN
                -A OUTRIGGER_OUTPUT -d fd00::1/128 -j RETURN
                -A OUTRIGGER_OUTPUT -d fd00::/8 -p tcp -m multiport --dports 80,443 -j OUTRIGGER_TO_OUTBOUND
                -A OUTPUT -p tcp -j OUTRIGGER_OUTPUT
                COMMIT
                END
                """, script.substring(script.indexOf("ip -6")));
        assertTrue(script.contains("-d 10.1.2.3/32 -j RETURN\n-A OUTRIGGER_OUTPUT -d 10.0.0.0/8 -p tcp -m "), script);
    }

    @Test
    void withTproxyAddressesStayAsTheyAre() throws Exception {
        Inbound inbound = new Inbound(15006, PortRanges.ALL, PortRanges.NONE, InboundMode.TPROXY);
        assertEquals("""
                ip -4 route replace local 0.0.0.0/0 dev lo table 133
                ip -4 rule add fwmark 0x539 lookup 133
                iptables-legacy-restore --noflush --wait 30 <<'END'
                *mangle
                :OUTRIGGER_INBOUND - [0:0]
                :OUTRIGGER_TO_INBOUND - [0:0]
                :OUTRIGGER_MARKED - [0:0]
                -A OUTRIGGER_TO_INBOUND -p tcp -j TPROXY --on-port 15006
                -A OUTRIGGER_INBOUND ! -d 127.0.0.6/32 -i lo -j RETURN
                -A OUTRIGGER_INBOUND -m addrtype ! --dst-type LOCAL -j RETURN
                -A OUTRIGGER_INBOUND -p tcp -m multiport --dports 9465,15000,15006 -j RETURN
                -A OUTRIGGER_INBOUND -p tcp -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN
                -A OUTRIGGER_INBOUND -p tcp -j OUTRIGGER_TO_INBOUND
                -A PREROUTING -p tcp -j OUTRIGGER_INBOUND
                -A OUTRIGGER_MARKED -o lo -m owner --uid-owner 1337 -m addrtype ! --src-type LOCAL -m conntrack --ctstate NEW -j CONNMARK --set-mark 0x539
                -A OUTRIGGER_MARKED -m connmark --mark 0x539 -j CONNMARK --restore-mark
                -A OUTPUT -p tcp -j OUTRIGGER_MARKED
                COMMIT
                END
                """, script(settings(inbound, null, Ipv6Mode.OFF, Backend.LEGACY)));
    }

    @Test
    void withTproxyLinkLocalAddressesPass() throws Exception {
        Inbound inbound = new Inbound(15006, PortRanges.ALL, PortRanges.NONE, InboundMode.TPROXY);
        String script = script(settings(inbound, null, Ipv6Mode.ON, Backend.LEGACY));
        assertTrue(script.contains("-A OUTRIGGER_INBOUND -d fe80::/10 -j RETURN\n"), script);
    }

    @Test
    void theScriptIsOfTheBackendThatWouldBeUsed() throws Exception {
        unusable("iptables-nft");
        program("iptables-legacy-save", "");
        program("iptables-legacy-restore", "");
        String script = script(settings(INBOUND, OUTBOUND, Ipv6Mode.OFF, Backend.AUTO));
        assertTrue(script.startsWith("iptables-legacy-restore --noflush"), script);
    }

    @Test
    void withoutInboundNothingComesIn() throws Exception {
        String script = script(settings(null, OUTBOUND, Ipv6Mode.ON, Backend.AUTO));
        assertFalse(script.contains("PREROUTING"), script);
        assertFalse(script.contains("INBOUND"), script);
        assertFalse(script.contains("ip -6 address"), script);
    }

    @Test
    void withoutOutboundOnlyAProofGoesOut() throws Exception {
        String script = script(settings(INBOUND, null, Ipv6Mode.OFF, Backend.AUTO));
        assertFalse(script.contains("15001"), script);
        assertTrue(script.contains("-d 127.0.0.6/32 -o lo -p tcp -g OUTRIGGER_INBOUND"), script);
    }

    @Test
    void automaticallyThereIsIpv6WhereTheNamespaceHasIt() throws Exception {
        InterceptionSettings settings = settings(INBOUND, OUTBOUND, Ipv6Mode.AUTO, Backend.AUTO);
        assertFalse(interception(settings, Ipv6Presence.NONE).script().contains("ip6tables"));
        assertTrue(interception(settings, Ipv6Presence.LOCAL).script().contains("ip6tables"));
        assertTrue(interception(settings, Ipv6Presence.GLOBAL).script().contains("ip6tables"));
    }

    @Test
    void withoutIptablesItSaysWhatIsMissing() {
        InterceptionException failure = assertThrows(InterceptionException.class, () -> interception(
                        settings(INBOUND, OUTBOUND, Ipv6Mode.OFF, Backend.AUTO), Ipv6Presence.NONE)
                .install());
        assertTrue(failure.getMessage().startsWith("iptables is missing: "), failure::getMessage);
    }

    @Test
    void aBackendThatIsNotThereIsNamed() throws IOException {
        program("iptables-nft-save", "");
        program("iptables-nft-restore", "cat >/dev/null");
        InterceptionException failure = assertThrows(InterceptionException.class, () -> interception(
                        settings(INBOUND, OUTBOUND, Ipv6Mode.OFF, Backend.LEGACY), Ipv6Presence.NONE)
                .install());
        assertTrue(failure.getMessage().startsWith("--backend legacy: "), failure::getMessage);
    }

    @Test
    void whenTheSecondFamilyFailsTheFirstIsTakenBack() throws IOException {
        // The save of IPv4 tells the rules that its restore has got, as the kernel would.
        program("iptables-nft-save", "[ ! -f " + directory + "/v4 ] || cat " + directory + "/v4");
        program("iptables-nft-restore", "cat >" + directory + "/v4");
        program("ip6tables-nft-save", "");
        program("ip6tables-nft-restore", "cat >/dev/null; echo 'Table does not exist' >&2; exit 3");
        program("ip", "");

        InterceptionException failure = assertThrows(InterceptionException.class, () -> interception(
                        settings(INBOUND, OUTBOUND, Ipv6Mode.AUTO, Backend.AUTO), Ipv6Presence.GLOBAL)
                .install());

        assertTrue(failure.getMessage().contains("ip6tables-nft-restore: Table does not exist"), failure::getMessage);
        assertTrue(failure.getMessage().contains("the kernel does not offer this"), failure::getMessage);
        String last = Files.readString(directory.resolve("v4"));
        assertTrue(last.contains("-X OUTRIGGER_INBOUND\n"), last);
        assertFalse(last.contains("-A "), last);
    }

    @Test
    void whereNobodyHasAnAddressOfIpv6ItsFailureIsNone() throws Exception {
        program("iptables-nft-save", "");
        program("iptables-nft-restore", "cat >/dev/null");
        program("ip6tables-nft-save", "");
        program("ip6tables-nft-restore", "cat >/dev/null; echo 'Table does not exist' >&2; exit 3");
        program("ip", "");

        List<String> done = interception(settings(INBOUND, OUTBOUND, Ipv6Mode.AUTO, Backend.AUTO), Ipv6Presence.LOCAL)
                .install();

        assertEquals("IPv4: inbound to port 15006, outbound to port 15001 (nft)", done.get(0));
        assertTrue(done.get(1).startsWith("IPv6: left alone, as nothing has an address of it here"), done::toString);
    }

    @Test
    void whereOneBackendDoesNotWorkTheOtherIsUsed() throws Exception {
        unusable("iptables-nft");
        unusable("ip6tables-nft");
        program("iptables-legacy-save", "");
        program("iptables-legacy-restore", "cat >" + directory + "/v4");
        InterceptionRules interception =
                interception(settings(INBOUND, OUTBOUND, Ipv6Mode.OFF, Backend.AUTO), Ipv6Presence.GLOBAL);

        assertEquals(
                List.of("IPv4: inbound to port 15006, outbound to port 15001 (legacy)", "IPv6: left alone"),
                interception.install());

        assertTrue(Files.readString(directory.resolve("v4")).contains("-A PREROUTING -p tcp -j OUTRIGGER_INBOUND"));
        assertEquals(List.of(), interception.present());
        interception.remove();
    }

    @Test
    void aFamilyThatIsNotWantedNeedNotWork() throws Exception {
        program("iptables-nft-save", "");
        program("iptables-nft-restore", "cat >/dev/null");
        unusable("ip6tables-nft");

        List<String> done = interception(settings(INBOUND, OUTBOUND, Ipv6Mode.OFF, Backend.AUTO), Ipv6Presence.GLOBAL)
                .install();
        assertEquals("IPv6: left alone", done.get(1));

        InterceptionRules wanted =
                interception(settings(INBOUND, OUTBOUND, Ipv6Mode.AUTO, Backend.AUTO), Ipv6Presence.GLOBAL);
        assertThrows(InterceptionException.class, wanted::install);
        assertThrows(InterceptionException.class, wanted::remove);
    }

    @Test
    void whatWorkedBeforeIsPutBackWhenSomethingFails() throws Exception {
        program("iptables-nft-save", "echo '*nat\n:OUTRIGGER_INBOUND - [0:0]\n-A OUTRIGGER_INBOUND -j RETURN'");
        program("iptables-nft-restore", "cat >" + directory + "/v4");
        program("ip6tables-nft-save", "");
        program("ip6tables-nft-restore", "cat >/dev/null; exit 3");
        program("ip", "");

        InterceptionException failure = assertThrows(InterceptionException.class, () -> interception(
                        settings(INBOUND, OUTBOUND, Ipv6Mode.AUTO, Backend.AUTO), Ipv6Presence.GLOBAL)
                .install());

        assertTrue(failure.getMessage().contains("ip6tables-nft-restore"), failure::getMessage);
        assertEquals(
                "*nat\n:OUTRIGGER_INBOUND - [0:0]\n-A OUTRIGGER_INBOUND -j RETURN\nCOMMIT\n",
                Files.readString(directory.resolve("v4")));
    }

    @Test
    void whatIsThereOfRoutesIsNotMadeAgain() throws Exception {
        program("iptables-nft-save", "");
        program("iptables-nft-restore", "cat >/dev/null");
        program("ip", "echo \"$*\" >>" + directory + """
                /asked
                case "$*" in
                *'rule show') echo '32765: from all fwmark 0x539 lookup 133' ;;
                *'route show'*) echo 'local default dev lo scope host' ;;
                esac
                """);

        Inbound inbound = new Inbound(15006, PortRanges.ALL, PortRanges.NONE, InboundMode.TPROXY);
        interception(settings(inbound, null, Ipv6Mode.OFF, Backend.AUTO), Ipv6Presence.NONE)
                .install();

        String asked = Files.readString(directory.resolve("asked"));
        assertFalse(asked.contains("-4 rule add"), asked);
        assertFalse(asked.contains("-4 rule del"), asked);
        assertFalse(asked.contains("-4 route flush"), asked);
        // Nothing of IPv6 is wanted, and there seems to be something.
        assertTrue(asked.contains("-6 rule del fwmark 0x539 lookup 133"), asked);
    }

    @Test
    void withoutLoopbackOfIpv6ItSaysSo() throws Exception {
        program("iptables-nft-save", "");
        program("iptables-nft-restore", "cat >/dev/null");
        InterceptionException failure = assertThrows(InterceptionException.class, () -> interception(
                        settings(INBOUND, OUTBOUND, Ipv6Mode.AUTO, Backend.AUTO), Ipv6Presence.WITHOUT_LOOPBACK)
                .install());
        assertTrue(failure.getMessage().startsWith("IPv6: lo has no address of it"), failure::getMessage);
    }

    @Test
    void whoeverMayNotIsToldWhatItTakes() throws IOException {
        program("iptables-restore", "[ \"$1\" != --version ] || echo 'iptables-restore v1.8.9 (nf_tables)'");
        program("iptables-save", "echo 'Could not fetch rule set: Permission denied (you must be root)' >&2; exit 4");

        InterceptionException failure = assertThrows(InterceptionException.class, () -> interception(
                        settings(INBOUND, OUTBOUND, Ipv6Mode.OFF, Backend.NFT), Ipv6Presence.NONE)
                .remove());

        assertTrue(failure.getMessage().startsWith("iptables-save: Could not fetch rule set"), failure::getMessage);
        assertTrue(failure.getMessage().contains("NET_ADMIN"), failure::getMessage);
    }

    private String script(InterceptionSettings settings) throws Exception {
        return interception(settings, Ipv6Presence.NONE).script();
    }

    private InterceptionRules interception(InterceptionSettings settings, Ipv6Presence presence) {
        return new InterceptionRules(settings, new Programs(List.of(directory)), presence);
    }

    /** As where the kernel has not what a backend needs. */
    private void unusable(String prefix) throws IOException {
        String body = "echo 'Could not fetch rule set generation id: Protocol not supported' >&2; exit 4";
        program(prefix + "-save", body);
        program(prefix + "-restore", "cat >/dev/null; " + body);
    }

    private void program(String name, String body) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static InterceptionSettings settings(
            @Nullable Inbound inbound, @Nullable Outbound outbound, Ipv6Mode ipv6, Backend backend) {
        return new InterceptionSettings(List.of(1337L), List.of(), inbound, outbound, ipv6, backend);
    }
}
