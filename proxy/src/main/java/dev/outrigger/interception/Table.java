package dev.outrigger.interception;

import java.util.ArrayList;
import java.util.List;

/**
 * Our part of one of the packet filter's tables.
 *
 * @param name {@code nat} or {@code mangle}
 * @param chains our own, each with {@link #PREFIX}
 * @param rules in the notation of {@code iptables-save}: those of our chains, and those that lead there
 */
record Table(String name, List<String> chains, List<String> rules) {
    /** What the names of all our chains begin with, and nobody else's. */
    static final String PREFIX = "OUTRIGGER_";

    /** Every table that may hold something of ours. */
    static final List<String> NAMES = List.of("nat", "mangle");

    private static final String APPEND = "-A ";

    Table {
        chains = List.copyOf(chains);
        rules = List.copyOf(rules);
    }

    static Table empty(String name) {
        return new Table(name, List.of(), List.of());
    }

    /** Finds our part of a table in what {@code iptables-save} has printed. */
    static Table ofSaved(String name, String saved) {
        List<String> chains = new ArrayList<>();
        List<String> rules = new ArrayList<>();
        boolean isHere = false;
        for (String line : saved.lines().toList()) {
            if (line.startsWith("*")) {
                isHere = line.equals("*" + name);
            } else if (isHere && line.startsWith(":" + PREFIX)) {
                chains.add(line.substring(1, line.indexOf(' ')));
            } else if (isHere && line.startsWith(APPEND) && line.contains(PREFIX)) {
                rules.add(line);
            } else if (isHere && chains.stream().anyMatch(chain -> line.startsWith(APPEND + chain + " "))) {
                rules.add(line);
            }
        }
        return new Table(name, chains, rules);
    }

    boolean isEmpty() {
        return chains.isEmpty() && rules.isEmpty();
    }

    /** Whether a chain of the kernel's leads to one of ours. */
    boolean hasJumpFrom(String chain) {
        return rules.stream().anyMatch(rule -> rule.startsWith(APPEND + chain + " "));
    }

    /**
     * What {@code iptables-restore --noflush} takes to put this into the place of what is there. All of it happens at once or
     * not at all, so that there is no moment without rules, and none with half of them.
     *
     * @param present what is there of ours
     */
    String replacing(Table present) {
        StringBuilder text = new StringBuilder("*").append(name).append('\n');
        List<String> named = new ArrayList<>(chains);
        present.chains.stream().filter(chain -> !named.contains(chain)).forEach(named::add);
        // A chain that is named is made, or emptied if it exists.
        named.forEach(chain -> text.append(':').append(chain).append(" - [0:0]\n"));
        present.rules.stream().filter(rule -> !rule.startsWith(APPEND + PREFIX)).forEach(rule -> text.append("-D ")
                .append(rule, APPEND.length(), rule.length())
                .append('\n'));
        rules.forEach(rule -> text.append(rule).append('\n'));
        present.chains.stream()
                .filter(chain -> !chains.contains(chain))
                .forEach(chain -> text.append("-X ").append(chain).append('\n'));
        return text.append("COMMIT\n").toString();
    }
}
