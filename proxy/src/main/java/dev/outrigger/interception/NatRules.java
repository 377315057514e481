package dev.outrigger.interception;

import dev.outrigger.config.model.AddressRange;
import dev.outrigger.interception.InterceptionSettings.Inbound;
import dev.outrigger.interception.InterceptionSettings.Outbound;
import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The rules that change destinations. Their order, which is mostly Istio's:
 *
 * <ol>
 *   <li>what is sent from {@code 127.0.0.6} or {@code ::6} is the proxy's call of the application, and has been here;
 *   <li>what is sent to that address is a proof, and treated like what comes from elsewhere;
 *   <li>what the proxy's users and groups send is its own;
 *   <li>what the application sends to itself, by loopback or by its own address, is left alone;
 *   <li>the rest is outbound.
 * </ol>
 *
 * <p>The third has an exception there: what the proxy sends to this pod's own address, because a service's virtual address has
 * led back here, is inbound again. There is none here: the proxy has seen such a call on its way out, would count it twice, and
 * takes a connection of its own that comes back for a loop.
 */
final class NatRules {
    static final String PREROUTING = "PREROUTING";

    private static final String INBOUND = Table.PREFIX + "INBOUND";
    private static final String OUTPUT = Table.PREFIX + "OUTPUT";
    private static final String TO_INBOUND = Table.PREFIX + "TO_INBOUND";
    private static final String TO_OUTBOUND = Table.PREFIX + "TO_OUTBOUND";

    private final InterceptionSettings settings;
    private final IpFamily family;
    private final List<String> chains = new ArrayList<>();
    private final List<String> rules = new ArrayList<>();

    private NatRules(InterceptionSettings settings, IpFamily family) {
        this.settings = settings;
        this.family = family;
    }

    static Table of(InterceptionSettings settings, IpFamily family) {
        NatRules nat = new NatRules(settings, family);
        boolean redirectsInbound = settings.inbound() != null && !settings.isTproxy();
        if (redirectsInbound) {
            nat.inbound(Objects.requireNonNull(settings.inbound()));
        }
        if (redirectsInbound || settings.outbound() != null) {
            nat.output(redirectsInbound);
        }
        return new Table("nat", nat.chains, nat.rules);
    }

    private void inbound(Inbound inbound) {
        chains.add(INBOUND);
        chains.add(TO_INBOUND);
        rules.add("-A " + TO_INBOUND + " -p tcp -j REDIRECT --to-ports " + inbound.port());
        rules.addAll(linkLocal(INBOUND, family));
        rules.addAll(ports(INBOUND, inbound.excluded().plus(settings.ownPorts()), "-j RETURN"));
        rules.addAll(ports(INBOUND, inbound.ports(), "-j " + TO_INBOUND));
        rules.add("-A " + PREROUTING + " -p tcp -j " + INBOUND);
    }

    private void output(boolean redirectsInbound) {
        chains.add(OUTPUT);
        rules.add("-A " + OUTPUT + " -s " + family.sourceRange() + " -o lo -j RETURN");
        if (redirectsInbound) {
            rules.add("-A " + OUTPUT + " -d " + family.sourceRange() + " -o lo -p tcp -g " + INBOUND);
        }
        for (Long uid : settings.proxyUids()) {
            rules.add("-A " + OUTPUT + " -m owner --uid-owner " + uid + " -j RETURN");
        }
        for (Long gid : settings.proxyGids()) {
            rules.add("-A " + OUTPUT + " -m owner --gid-owner " + gid + " -j RETURN");
        }
        rules.add("-A " + OUTPUT + " -o lo -j RETURN");
        if (settings.outbound() != null) {
            outbound(settings.outbound());
        }
        rules.add("-A OUTPUT -p tcp -j " + OUTPUT);
    }

    private void outbound(Outbound outbound) {
        chains.add(TO_OUTBOUND);
        rules.add("-A " + TO_OUTBOUND + " -p tcp -j REDIRECT --to-ports " + outbound.port());
        rules.addAll(linkLocal(OUTPUT, family));
        rules.addAll(ports(OUTPUT, outbound.excluded(), "-j RETURN"));
        for (AddressRange range : outbound.excludedRanges().of(family)) {
            rules.add("-A " + OUTPUT + " -d " + text(range) + " -j RETURN");
        }
        if (outbound.ranges().isEmpty()) {
            rules.addAll(ports(OUTPUT, outbound.ports(), "-j " + TO_OUTBOUND));
        }
        for (AddressRange range : outbound.ranges().of(family)) {
            rules.addAll(ports(OUTPUT + " -d " + text(range), outbound.ports(), "-j " + TO_OUTBOUND));
        }
    }

    /** Link-local addresses of IPv6 are no service's, and no socket of another interface, as the proxy's, can speak to them. */
    static List<String> linkLocal(String chain, IpFamily family) {
        return family == IpFamily.IPV6 ? List.of("-A " + chain + " -d fe80::/10 -j RETURN") : List.of();
    }

    /** The rules for a set of ports: none for none, one for all. */
    static List<String> ports(String chain, PortRanges ports, String target) {
        if (ports.isAll()) {
            return List.of("-A " + chain + " -p tcp " + target);
        }
        return ports.multiports().stream()
                .map(list -> "-A " + chain + " -p tcp -m multiport --dports " + list + " " + target)
                .toList();
    }

    private static String text(AddressRange range) {
        return NetUtil.toAddressString(range.address()) + '/' + range.prefixBits();
    }
}
