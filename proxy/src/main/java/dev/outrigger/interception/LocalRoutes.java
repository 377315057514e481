package dev.outrigger.interception;

import dev.outrigger.interception.Programs.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the rules need of addresses and routes: the proxy's own source address, which IPv6 does not have by itself ({@code lo}
 * is a /128 there, where IPv4 has all of 127/8), and with TPROXY the routing rule that keeps marked packets in the
 * namespace.
 */
final class LocalRoutes {
    /** The routing table's number; as Istio's, which no pod has besides. */
    private static final String TABLE = "133";

    private final Programs programs;

    LocalRoutes(Programs programs) {
        this.programs = programs;
    }

    /** The commands for a family, for the program {@code ip}; doing them again changes nothing, but for that of the rule. */
    static List<List<String>> commands(InterceptionSettings settings, IpFamily family) {
        List<List<String>> commands = new ArrayList<>();
        if (needsAddress(settings, family)) {
            commands.add(List.of("-6", "address", "replace", family.sourceRange(), "dev", "lo"));
        }
        if (settings.isTproxy()) {
            commands.add(List.of(
                    family.ipOption(), "route", "replace", "local", family.everything(), "dev", "lo", "table", TABLE));
            commands.add(List.of(family.ipOption(), "rule", "add", "fwmark", MangleRules.MARK, "lookup", TABLE));
        }
        return commands;
    }

    private static boolean needsAddress(InterceptionSettings settings, IpFamily family) {
        return family == IpFamily.IPV6 && settings.inbound() != null;
    }

    void install(InterceptionSettings settings, IpFamily family) throws IOException, InterruptedException {
        remove(family);
        for (List<String> command : commands(settings, family)) {
            demand(command);
        }
    }

    void remove(IpFamily family) throws IOException, InterruptedException {
        if (programs.find("ip").isEmpty()) {
            // Then nothing of this has been done either.
            return;
        }
        List<String> present = present(family);
        for (String line : present) {
            if (line.contains("lookup " + TABLE)) {
                demand(List.of(family.ipOption(), "rule", "del", "fwmark", MangleRules.MARK, "lookup", TABLE));
            } else if (line.contains(family.sourceRange())) {
                demand(List.of(family.ipOption(), "address", "del", family.sourceRange(), "dev", "lo"));
            } else {
                demand(List.of(family.ipOption(), "route", "flush", "table", TABLE));
            }
        }
    }

    /** What is there: rules, routes and addresses, a line each. */
    List<String> present(IpFamily family) throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>();
        if (programs.find("ip").isEmpty()) {
            return lines;
        }
        run(List.of(family.ipOption(), "rule", "show"))
                .out()
                .lines()
                .filter(line -> line.contains("fwmark " + MangleRules.MARK) && line.contains("lookup " + TABLE))
                .forEach(line -> lines.add("rule " + line.strip()));
        // Asking for a table that never was is a failure to some versions.
        run(List.of(family.ipOption(), "route", "show", "table", TABLE))
                .out()
                .lines()
                .forEach(line -> lines.add("route " + line.strip()));
        if (family == IpFamily.IPV6) {
            run(List.of(family.ipOption(), "-oneline", "address", "show", "dev", "lo"))
                    .out()
                    .lines()
                    .filter(line -> line.contains(" " + family.sourceRange() + " "))
                    .forEach(line -> lines.add("address " + family.sourceRange() + " dev lo"));
        }
        return lines;
    }

    private Outcome run(List<String> arguments) throws IOException, InterruptedException {
        return programs.run("", "ip", arguments.toArray(String[]::new));
    }

    private void demand(List<String> arguments) throws IOException, InterruptedException {
        Outcome outcome = run(arguments);
        if (!outcome.isFine()) {
            throw new InterceptionException("ip " + String.join(" ", arguments) + ": " + outcome.complaint());
        }
    }
}
