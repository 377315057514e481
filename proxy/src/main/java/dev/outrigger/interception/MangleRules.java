package dev.outrigger.interception;

import dev.outrigger.interception.InterceptionSettings.Inbound;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The rules of TPROXY, which leave all addresses as they are. A connection that comes from elsewhere is given to the proxy's
 * transparent socket; packets of those that exist go where they belong.
 *
 * <p>The proxy calls the application from the client's address. What the application answers would therefore leave for the
 * client, so the connection is marked, its packets with it, and a routing rule keeps what is marked in here. The mark is set by a
 * rule, which knows these connections by their owner and their strange source. Istio has its proxy mark the socket, but that
 * takes a privilege more.
 */
final class MangleRules {
    /** Of packets and connections; as Istio's, which no pod has besides. */
    static final String MARK = "0x539";

    private static final String INBOUND = Table.PREFIX + "INBOUND";
    private static final String KNOWN = Table.PREFIX + "KNOWN";
    private static final String TO_INBOUND = Table.PREFIX + "TO_INBOUND";
    private static final String MARKED = Table.PREFIX + "MARKED";

    private MangleRules() {}

    static Table of(InterceptionSettings settings, IpFamily family) {
        if (!settings.isTproxy()) {
            return Table.empty("mangle");
        }
        Inbound inbound = Objects.requireNonNull(settings.inbound());
        List<String> rules = new ArrayList<>();
        rules.add("-A " + KNOWN + " -j MARK --set-mark " + MARK);
        rules.add("-A " + KNOWN + " -j ACCEPT");
        rules.add("-A " + TO_INBOUND + " -p tcp -j TPROXY --on-port " + inbound.port() + " --tproxy-mark " + MARK);
        // What is sent within the pod is left alone, but for a proof.
        rules.add("-A " + INBOUND + " ! -d " + family.sourceRange() + " -i lo -j RETURN");
        rules.add("-A " + INBOUND + " -p tcp -m conntrack --ctstate RELATED,ESTABLISHED -j " + KNOWN);
        rules.addAll(NatRules.ports(INBOUND, inbound.excluded().plus(settings.ownPorts()), "-j RETURN"));
        rules.addAll(NatRules.ports(INBOUND, inbound.ports(), "-j " + TO_INBOUND));
        rules.add("-A " + NatRules.PREROUTING + " -p tcp -j " + INBOUND);
        List<String> owners = new ArrayList<>();
        settings.proxyUids().forEach(uid -> owners.add("--uid-owner " + uid));
        settings.proxyGids().forEach(gid -> owners.add("--gid-owner " + gid));
        for (String owner : owners) {
            rules.add("-A " + MARKED + " -o lo -m owner " + owner
                    + " -m addrtype ! --src-type LOCAL -j CONNMARK --set-mark " + MARK);
        }
        rules.add("-A " + MARKED + " -m connmark --mark " + MARK + " -j CONNMARK --restore-mark");
        rules.add("-A OUTPUT -p tcp -j " + MARKED);
        return new Table("mangle", List.of(INBOUND, KNOWN, TO_INBOUND, MARKED), rules);
    }
}
