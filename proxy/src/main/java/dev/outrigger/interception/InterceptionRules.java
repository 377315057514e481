package dev.outrigger.interception;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Installs, shows and removes what leads connections of this network namespace to the proxy. To install twice is to install
 * once: what is there of ours is replaced, whatever it was, in whichever backend.
 *
 * <p>Each family's rules come all at once. What fails half-way is taken back, so that there is either all of it or nothing; a
 * pod whose rules are missing must not start, which is the business of the exit code.
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
     * @throws InterceptionException if it failed; nothing is installed then
     */
    public List<String> install() throws IOException, InterruptedException {
        List<Iptables> all = Iptables.all(programs);
        Iptables chosen = Iptables.choose(settings.backend(), all);
        List<String> done = new ArrayList<>();
        try {
            for (Iptables other : all) {
                if (other != chosen) {
                    removeFrom(other);
                }
            }
            for (IpFamily family : IpFamily.values()) {
                done.add(install(chosen, family));
            }
            return done;
        } catch (IOException e) {
            takeBack(all, e);
            throw e;
        }
    }

    private String install(Iptables iptables, IpFamily family) throws IOException, InterruptedException {
        if (!isWanted(family)) {
            if (iptables.has(family)) {
                iptables.remove(family);
            }
            routes.remove(family);
            return family.label() + ": left alone";
        }
        try {
            routes.install(settings, family);
            iptables.write(family, tables(family));
        } catch (InterceptionException e) {
            if (!isDispensable(family)) {
                throw e;
            }
            routes.remove(family);
            return family.label() + ": left alone, as nothing has an address of it here, and " + e.getMessage();
        }
        return family.label() + ": " + described() + " ("
                + iptables.backend().name().toLowerCase(Locale.ROOT) + ")";
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
        // Says what is missing.
        Iptables.choose(Backend.AUTO, all);
        for (Iptables one : all) {
            removeFrom(one);
        }
        for (IpFamily family : IpFamily.values()) {
            routes.remove(family);
        }
    }

    private static void removeFrom(Iptables iptables) throws IOException, InterruptedException {
        for (IpFamily family : IpFamily.values()) {
            if (iptables.has(family)) {
                iptables.remove(family);
            }
        }
    }

    private void takeBack(List<Iptables> all, IOException failure) throws InterruptedException {
        for (Iptables one : all) {
            for (IpFamily family : IpFamily.values()) {
                try {
                    if (one.has(family)) {
                        one.remove(family);
                    }
                    routes.remove(family);
                } catch (IOException e) {
                    failure.addSuppressed(e);
                }
            }
        }
    }

    /** What is there of ours, a line each; empty if there is nothing. */
    public List<String> present() throws IOException, InterruptedException {
        List<Iptables> all = Iptables.all(programs);
        Iptables.choose(Backend.AUTO, all);
        List<String> lines = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            for (Iptables one : all) {
                String place = family.label() + " " + one.backend().name().toLowerCase(Locale.ROOT) + " ";
                for (Table table : one.has(family) ? one.read(family) : List.<Table>of()) {
                    table.rules().forEach(rule -> lines.add(place + table.name() + ": " + rule));
                }
            }
            routes.present(family).forEach(line -> lines.add(family.label() + ": " + line));
        }
        return lines;
    }

    /** What {@link #install} would do in an empty namespace, as a script of the shell. */
    public String script() {
        StringBuilder script = new StringBuilder();
        for (IpFamily family : IpFamily.values()) {
            if (!isWanted(family)) {
                continue;
            }
            for (List<String> command : LocalRoutes.commands(settings, family)) {
                script.append("ip ").append(String.join(" ", command)).append('\n');
            }
            script.append(Iptables.command(family, settings.backend())).append(" <<'END'\n");
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

    /** What there is of ours, in whichever backend. */
    private List<Table> read(IpFamily family) throws IOException, InterruptedException {
        List<Table> tables = new ArrayList<>();
        for (Iptables one : Iptables.all(programs)) {
            tables.addAll(one.has(family) ? one.read(family) : List.of());
        }
        tables.removeIf(Table::isEmpty);
        return tables;
    }

    /** Whether nobody can be called, or call, by this family. */
    private boolean isDispensable(IpFamily family) {
        return family == IpFamily.IPV6 && settings.ipv6() == Ipv6Mode.AUTO && presence != Ipv6Presence.GLOBAL;
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
