package dev.outrigger.interception;

import dev.outrigger.interception.InterceptionSettings.Inbound;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The rules of TPROXY, which leave all addresses as they are. A connection that comes from elsewhere to an address of this host is
 * given to the proxy's transparent socket; packets of those that exist find their sockets by themselves. None of them is
 * marked: the kernel may ask for the way back by the mark ({@code src_valid_mark}), and refuse what it would keep in here.
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
    private static final String TO_INBOUND = Table.PREFIX + "TO_INBOUND";
    private static final String MARKED = Table.PREFIX + "MARKED";

    private MangleRules() {}

    static Table of(InterceptionSettings settings, IpFamily family) {
        if (!settings.isTproxy()) {
            return Table.empty("mangle");
        }
        Inbound inbound = Objects.requireNonNull(settings.inbound());
        List<String> rules = new ArrayList<>();
        rules.add("-A " + TO_INBOUND + " -p tcp -j TPROXY --on-port " + inbound.port());
        // What is sent within the pod is left alone, but for a proof.
        rules.add("-A " + INBOUND + " ! -d " + family.sourceRange() + " -i lo -j RETURN");
        // What goes on to elsewhere could not be given to a socket.
        rules.add("-A " + INBOUND + " -m addrtype ! --dst-type LOCAL -j RETURN");
        rules.addAll(NatRules.linkLocal(INBOUND, family));
        rules.addAll(NatRules.ports(INBOUND, inbound.excluded().plus(settings.ownPorts()), "-j RETURN"));
        // TPROXY drops what belongs to a socket that is not transparent, as those have that are older than the rules.
        rules.add("-A " + INBOUND + " -p tcp -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN");
        rules.addAll(NatRules.ports(INBOUND, inbound.ports(), "-j " + TO_INBOUND));
        rules.add("-A " + NatRules.PREROUTING + " -p tcp -j " + INBOUND);
        List<String> owners = new ArrayList<>();
        settings.proxyUids().forEach(uid -> owners.add("--uid-owner " + uid));
        settings.proxyGids().forEach(gid -> owners.add("--gid-owner " + gid));
        for (String owner : owners) {
            // Only a new one: by chance it may have the ports of a client's own, which must not be marked.
            rules.add("-A " + MARKED + " -o lo -m owner " + owner
                    + " -m addrtype ! --src-type LOCAL -m conntrack --ctstate NEW -j CONNMARK --set-mark " + MARK);
        }
        rules.add("-A " + MARKED + " -m connmark --mark " + MARK + " -j CONNMARK --restore-mark");
        rules.add("-A OUTPUT -p tcp -j " + MARKED);
        return new Table("mangle", List.of(INBOUND, TO_INBOUND, MARKED), rules);
    }
}
