package dev.outrigger.interception;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Installs, shows and removes what leads connections of this network namespace to the proxy. To install twice is to install
 * once: what is there of ours is replaced, whatever it was, in whichever backend, without a moment in which connections pass the
 * proxy by or break.
 *
 * <p>Each family's rules come all at once. What fails half-way is taken back, so that there is either all of it or what there was
 * before; a pod whose rules are missing must not start, which is the business of the exit code.
 */
public final class InterceptionRules {
    private final InterceptionSettings settings;
    private final Programs programs;
    private final LocalRoutes routes;
    private final Ipv6Presence presence;

    InterceptionRules(InterceptionSettings settings, Programs programs, Ipv6Presence presence) {
        this.settings = settings;
        this.programs = programs;
        this.routes = new LocalRoutes(programs);
        this.presence = presence;
    }

    /**
     * That of the namespace that this process is in.
     *
     * @param path directories with programs, as in the environment
     */
    public static InterceptionRules here(InterceptionSettings settings, String path) throws IOException {
        return new InterceptionRules(settings, Programs.onPath(path), Ipv6Presence.here());
    }

    /**
     * Installs.
     *
     * @return what was done, a line for each family
     * @throws InterceptionException if it failed; then all is as it was
     */
    public List<String> install() throws IOException, InterruptedException {
        List<Iptables> all = Iptables.all(programs);
        Iptables chosen = Iptables.choose(settings.backend(), all);
        List<Before> before = before(all, chosen);
        List<String> done = new ArrayList<>();
        try {
            for (IpFamily family : IpFamily.values()) {
                done.add(install(chosen, family));
            }
            // Last, so that there is no moment without rules.
            for (Iptables other : all) {
                if (other != chosen) {
                    removeFrom(other, chosen);
                }
            }
            return done;
        } catch (IOException e) {
            for (Before one : before) {
                one.restore(e);
            }
            throw e;
        }
    }

    private String install(Iptables chosen, IpFamily family) throws IOException, InterruptedException {
        if (!isWanted(family)) {
            remove(chosen, chosen, family);
            routes.remove(family);
            return family.label() + ": left alone";
        }
        Set<LocalRoutes.Part> needed = LocalRoutes.needed(settings, family);
        try {
            if (family == IpFamily.IPV6) {
                demandLoopback();
            }
            routes.add(family, needed);
            chosen.write(family, tables(family));
            // What earlier rules have needed is needed until others are in their place.
            routes.retain(family, needed);
        } catch (InterceptionException e) {
            if (!isDispensable(family)) {
                throw e;
            }
            routes.remove(family);
            return family.label() + ": left alone, as nothing has an address of it here, and " + e.getMessage();
        }
        return family.label() + ": " + described() + " ("
                + chosen.backend().name().toLowerCase(Locale.ROOT) + ")";
    }

    private void demandLoopback() throws InterceptionException {
        if (presence == Ipv6Presence.NONE || presence == Ipv6Presence.WITHOUT_LOOPBACK) {
            throw new InterceptionException("IPv6: lo has no address of it, and connections are led by that: expected"
                    + " net.ipv6.conf.lo.disable_ipv6 to be 0 and lo to be up, or --ipv6 off");
        }
    }

    private String described() {
        List<String> parts = new ArrayList<>();
        if (settings.inbound() != null) {
            parts.add((settings.isTproxy() ? "inbound by TPROXY to port " : "inbound to port ")
                    + settings.inbound().port());
        }
        if (settings.outbound() != null) {
            parts.add("outbound to port " + settings.outbound().port());
        }
        return String.join(", ", parts);
    }

    /** Removes everything of ours, of both families and in every backend. */
    public void remove() throws IOException, InterruptedException {
        List<Iptables> all = Iptables.all(programs);
        Iptables chosen = Iptables.choose(Backend.AUTO, all);
        for (Iptables one : all) {
            removeFrom(one, chosen);
        }
        for (IpFamily family : IpFamily.values()) {
            routes.remove(family);
        }
    }

    private void removeFrom(Iptables one, Iptables chosen) throws IOException, InterruptedException {
        for (IpFamily family : IpFamily.values()) {
            remove(one, chosen, family);
        }
    }

    private void remove(Iptables one, Iptables chosen, IpFamily family) throws IOException, InterruptedException {
        if (!read(one, chosen, family).isEmpty()) {
            one.remove(family);
        }
    }

    private List<Before> before(List<Iptables> all, Iptables chosen) throws IOException, InterruptedException {
        List<Before> before = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            Map<Iptables, List<Table>> tables = new LinkedHashMap<>();
            for (Iptables one : all) {
                tables.put(one, read(one, chosen, family));
            }
            before.add(new Before(family, tables, routes, routes.parts(family)));
        }
        return before;
    }

    /**
     * What there is of ours in one backend, without what is empty. What can not be read has not been written either, but for
     * the backend and the family that count here: of these nobody would know.
     */
    private List<Table> read(Iptables one, Iptables chosen, IpFamily family) throws IOException, InterruptedException {
        try {
            return one.has(family)
                    ? one.read(family).stream()
                            .filter(table -> !table.isEmpty())
                            .toList()
                    : List.of();
        } catch (InterceptionException e) {
            if (one == chosen && isWanted(family) && !isDispensable(family)) {
                throw e;
            }
            return List.of();
        }
    }

    /** What is there of ours, a line each; empty if there is nothing. */
    public List<String> present() throws IOException, InterruptedException {
        List<Iptables> all = Iptables.all(programs);
        Iptables chosen = Iptables.choose(Backend.AUTO, all);
        List<String> lines = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            for (Iptables one : all) {
                String place = family.label() + " " + one.backend().name().toLowerCase(Locale.ROOT) + " ";
                for (Table table : read(one, chosen, family)) {
                    table.rules().forEach(rule -> lines.add(place + table.name() + ": " + rule));
                }
            }
            routes.present(family).forEach(line -> lines.add(family.label() + ": " + line));
        }
        return lines;
    }

    /** What {@link #install} would do in an empty namespace, as a script of the shell. */
    public String script() throws IOException, InterruptedException {
        List<Iptables> all = Iptables.all(programs);
        StringBuilder script = new StringBuilder();
        for (IpFamily family : IpFamily.values()) {
            if (!isWanted(family)) {
                continue;
            }
            for (LocalRoutes.Part part : LocalRoutes.needed(settings, family)) {
                script.append("ip ")
                        .append(String.join(" ", part.command(family)))
                        .append('\n');
            }
            script.append(Iptables.command(family, settings.backend(), all)).append(" <<'END'\n");
            for (Table table : tables(family)) {
                if (!table.isEmpty()) {
                    script.append(table.replacing(Table.empty(table.name())));
                }
            }
            script.append("END\n");
        }
        return script.toString();
    }

    /**
     * Proves that connections come to the proxy's ports, by opening some; the proxy must not have these ports yet.
     *
     * @return what was proven, a line for each part
     * @throws InterceptionException if one does not, with what is missing
     */
    public List<String> prove() throws IOException, InterruptedException {
        List<String> proven = new ArrayList<>();
        try (InterceptionProof proof = new InterceptionProof(settings)) {
            for (IpFamily family : IpFamily.values()) {
                if (isWanted(family)) {
                    proven.addAll(prove(proof, family));
                }
            }
        }
        return proven;
    }

    private List<String> prove(InterceptionProof proof, IpFamily family) throws IOException, InterruptedException {
        List<Table> present;
        try {
            present = read(family);
        } catch (InterceptionException e) {
            if (isDispensable(family)) {
                return List.of(
                        family.label() + ": not proven, as nothing has an address of it here, and " + e.getMessage());
            }
            // Whoever may not look can still connect, and that proves more.
            return proof.of(family);
        }
        if (present.isEmpty() && isDispensable(family)) {
            return List.of(family.label() + ": left alone, as nothing has an address of it here");
        }
        if (present.isEmpty()) {
            throw new InterceptionException(family.label() + ": nothing is installed");
        }
        // A proof that stays in the namespace does not come in by the front door, so that is looked at.
        if (settings.inbound() != null && present.stream().noneMatch(table -> table.hasJumpFrom(NatRules.PREROUTING))) {
            throw new InterceptionException(
                    family.label() + " inbound: no rule of PREROUTING leads to ours: see --show");
        }
        return proof.of(family);
    }

    /**
     * What there is of ours, in whichever backend.
     *
     * @throws InterceptionException if there may be something that could not be read, and nothing else
     */
    private List<Table> read(IpFamily family) throws IOException, InterruptedException {
        List<Table> tables = new ArrayList<>();
        InterceptionException unread = null;
        for (Iptables one : Iptables.all(programs)) {
            try {
                tables.addAll(one.has(family) ? one.read(family) : List.of());
            } catch (InterceptionException e) {
                unread = e;
            }
        }
        tables.removeIf(Table::isEmpty);
        if (tables.isEmpty() && unread != null) {
            throw unread;
        }
        return tables;
    }

    /** Whether nobody can be called, or call, by this family. */
    private boolean isDispensable(IpFamily family) {
        return family == IpFamily.IPV6
                && settings.ipv6() == Ipv6Mode.AUTO
                && (presence == Ipv6Presence.NONE || presence == Ipv6Presence.LOCAL);
    }

    private boolean isWanted(IpFamily family) {
        return family == IpFamily.IPV4
                || settings.ipv6() == Ipv6Mode.ON
                || settings.ipv6() == Ipv6Mode.AUTO && presence != Ipv6Presence.NONE;
    }

    private List<Table> tables(IpFamily family) {
        return List.of(NatRules.of(settings, family), MangleRules.of(settings, family));
    }
}
