package dev.outrigger.interception;

import dev.outrigger.interception.Programs.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What the rules need of addresses and routes: the proxy's own source address, which IPv6 does not have by itself ({@code lo}
 * is a /128 there, where IPv4 has all of 127/8), and with TPROXY the routing rule that keeps marked packets in the
 * namespace.
 *
 * <p>What is there already is left as it is, since connections use it.
 */
final class LocalRoutes {
    /** The routing table's number; as Istio's, which no pod has besides. */
    private static final String TABLE = "133";

    private final Programs programs;

    LocalRoutes(Programs programs) {
        this.programs = programs;
    }

    /** What can be there, in the order in which it is made. */
    enum Part {
        ADDRESS,
        ROUTE,
        RULE;

        /** For the program {@code ip}. */
        List<String> command(IpFamily family) {
            return switch (this) {
                case ADDRESS -> List.of("-6", "address", "replace", family.sourceRange(), "dev", "lo");
                case ROUTE ->
                    List.of(
                            family.ipOption(),
                            "route",
                            "replace",
                            "local",
                            family.everything(),
                            "dev",
                            "lo",
                            "table",
                            TABLE);
                case RULE -> List.of(family.ipOption(), "rule", "add", "fwmark", MangleRules.MARK, "lookup", TABLE);
            };
        }

        private List<String> removal(IpFamily family) {
            return switch (this) {
                case ADDRESS -> List.of("-6", "address", "del", family.sourceRange(), "dev", "lo");
                case ROUTE -> List.of(family.ipOption(), "route", "flush", "table", TABLE);
                case RULE -> List.of(family.ipOption(), "rule", "del", "fwmark", MangleRules.MARK, "lookup", TABLE);
            };
        }
    }

    /** What a family needs. */
    static Set<Part> needed(InterceptionSettings settings, IpFamily family) {
        Set<Part> parts = settings.isTproxy() ? EnumSet.of(Part.ROUTE, Part.RULE) : EnumSet.noneOf(Part.class);
        if (family == IpFamily.IPV6 && settings.inbound() != null) {
            parts.add(Part.ADDRESS);
        }
        return parts;
    }

    /** Makes what is missing. */
    void add(IpFamily family, Set<Part> parts) throws IOException, InterruptedException {
        Set<Part> missing = EnumSet.noneOf(Part.class);
        missing.addAll(parts);
        if (!missing.isEmpty()) {
            missing.removeAll(parts(family));
        }
        for (Part part : missing) {
            demand(part.command(family));
        }
    }

    /** Removes everything but these. */
    void retain(IpFamily family, Set<Part> parts) throws IOException, InterruptedException {
        for (Line line : lines(family)) {
            if (!parts.contains(line.part)) {
                demand(line.part.removal(family));
            }
        }
    }

    void remove(IpFamily family) throws IOException, InterruptedException {
        retain(family, Set.of());
    }

    /** What is there. */
    Set<Part> parts(IpFamily family) throws IOException, InterruptedException {
        Set<Part> parts = EnumSet.noneOf(Part.class);
        lines(family).forEach(line -> parts.add(line.part));
        return parts;
    }

    /** What is there: rules, routes and addresses, a line each. */
    List<String> present(IpFamily family) throws IOException, InterruptedException {
        return lines(family).stream().map(Line::text).toList();
    }

    private List<Line> lines(IpFamily family) throws IOException, InterruptedException {
        List<Line> lines = new ArrayList<>();
        if (programs.find("ip").isEmpty()) {
            // Then nothing of this has been done either.
            return lines;
        }
        run(List.of(family.ipOption(), "rule", "show"))
                .out()
                .lines()
                .filter(line -> line.contains("fwmark " + MangleRules.MARK) && line.contains("lookup " + TABLE))
                .forEach(line -> lines.add(new Line(Part.RULE, "rule " + line.strip())));
        // Asking for a table that never was is a failure to some versions.
        run(List.of(family.ipOption(), "route", "show", "table", TABLE))
                .out()
                .lines()
                .forEach(line -> lines.add(new Line(Part.ROUTE, "route " + line.strip())));
        if (family == IpFamily.IPV6) {
            run(List.of(family.ipOption(), "-oneline", "address", "show", "dev", "lo"))
                    .out()
                    .lines()
                    .filter(line -> line.contains(" " + family.sourceRange() + " "))
                    .forEach(line -> lines.add(new Line(Part.ADDRESS, "address " + family.sourceRange() + " dev lo")));
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

    private record Line(Part part, String text) {}
}
