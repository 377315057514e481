package dev.outrigger.interception;

import dev.outrigger.interception.Programs.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One backend's packet filter. Whole tables are written by {@code iptables-restore}: many rules at once are one transaction,
 * where one call of {@code iptables} per rule could leave half of them behind.
 */
final class Iptables {
    /** For the lock that all writers of legacy rules share; nf_tables has transactions instead. */
    private static final String LOCK_SECONDS = "30";

    private final Programs programs;
    private final Backend backend;
    /** What follows the family's name: nothing, {@code -nft} or {@code -legacy}. */
    private final String variant;

    private Iptables(Programs programs, Backend backend, String variant) {
        this.programs = programs;
        this.backend = backend;
        this.variant = variant;
    }

    /** Those of this system, nf_tables first. */
    static List<Iptables> all(Programs programs) throws IOException, InterruptedException {
        List<Iptables> all = new ArrayList<>();
        for (Backend backend : new Backend[] {Backend.NFT, Backend.LEGACY}) {
            String variant = backend == Backend.NFT ? "-nft" : "-legacy";
            if (programs.find("iptables" + variant + "-restore").isPresent()) {
                all.add(new Iptables(programs, backend, variant));
            }
        }
        if (all.isEmpty() && programs.find("iptables-restore").isPresent()) {
            Outcome version = programs.run("", "iptables-restore", "--version");
            all.add(new Iptables(programs, version.out().contains("nf_tables") ? Backend.NFT : Backend.LEGACY, ""));
        }
        return all;
    }

    /**
     * The one to use.
     *
     * @throws InterceptionException if it is not there, or may not be used
     */
    static Iptables choose(Backend wanted, List<Iptables> all) throws IOException, InterruptedException {
        if (all.isEmpty()) {
            throw new InterceptionException(
                    "iptables is missing: neither iptables-nft-restore, iptables-legacy-restore nor"
                            + " iptables-restore is on the PATH");
        }
        if (wanted != Backend.AUTO) {
            return all.stream()
                    .filter(one -> one.backend == wanted)
                    .findFirst()
                    .orElseThrow(() -> new InterceptionException("--backend "
                            + wanted.name().toLowerCase(Locale.ROOT) + ": there is only iptables of the other one"));
        }
        for (Iptables one : all) {
            if (one.backend == Backend.LEGACY && one.hasRules()) {
                return one;
            }
        }
        for (Iptables one : all) {
            Outcome saved = one.programs.run("", one.name(IpFamily.IPV4, "-save"));
            if (saved.isFine() || saved.isForbidden()) {
                return one;
            }
        }
        return all.get(0);
    }

    Backend backend() {
        return backend;
    }

    /** Whether it can speak of a family at all. */
    boolean has(IpFamily family) {
        return programs.find(name(family, "-restore")).isPresent();
    }

    /** What is there of ours, of each table by {@link Table#NAMES}. */
    List<Table> read(IpFamily family) throws IOException, InterruptedException {
        if (backend == Backend.LEGACY && !isLoaded(family)) {
            // To ask would load the kernel's modules for it, which nobody may want.
            return Table.NAMES.stream().map(Table::empty).toList();
        }
        Outcome saved = programs.run("", name(family, "-save"));
        if (!saved.isFine()) {
            throw failure(family, "-save", saved);
        }
        return Table.NAMES.stream()
                .map(table -> Table.ofSaved(table, saved.out()))
                .toList();
    }

    /** Puts tables into the place of what is there of ours. */
    void write(IpFamily family, List<Table> tables) throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder();
        for (Table present : read(family)) {
            for (Table table : tables) {
                if (table.name().equals(present.name()) && !(table.isEmpty() && present.isEmpty())) {
                    text.append(table.replacing(present));
                }
            }
        }
        if (text.isEmpty()) {
            return;
        }
        Outcome restored = programs.run(text.toString(), name(family, "-restore"), "--noflush", "--wait", LOCK_SECONDS);
        if (!restored.isFine()) {
            throw failure(family, "-restore", restored);
        }
    }

    /** Takes away what is there of ours. */
    void remove(IpFamily family) throws IOException, InterruptedException {
        write(family, Table.NAMES.stream().map(Table::empty).toList());
    }

    /**
     * The command that {@link #write} runs, for people to run, who may have it where this system has not.
     *
     * @param all those of this system
     */
    static String command(IpFamily family, Backend wanted, List<Iptables> all)
            throws IOException, InterruptedException {
        boolean isHere =
                !all.isEmpty() && (wanted == Backend.AUTO || all.stream().anyMatch(one -> one.backend == wanted));
        String restore = isHere
                ? choose(wanted, all).name(family, "-restore")
                : family.program()
                        + switch (wanted) {
                            case AUTO -> "";
                            case NFT -> "-nft";
                            case LEGACY -> "-legacy";
                        }
                        + "-restore";
        return restore + " --noflush --wait " + LOCK_SECONDS;
    }

    private boolean hasRules() throws IOException, InterruptedException {
        return isLoaded(IpFamily.IPV4)
                && programs.run("", name(IpFamily.IPV4, "-save")).out().contains("\n-A ");
    }

    /** Whether this namespace has legacy tables. */
    private static boolean isLoaded(IpFamily family) throws IOException {
        Path names = Path.of("/proc/net", family == IpFamily.IPV4 ? "ip_tables_names" : "ip6_tables_names");
        return Files.isReadable(names) && !Files.readString(names).isBlank();
    }

    private String name(IpFamily family, String action) {
        return family.program() + variant + action;
    }

    private InterceptionException failure(IpFamily family, String action, Outcome outcome) {
        return new InterceptionException(name(family, action) + ": " + outcome.complaint());
    }
}
