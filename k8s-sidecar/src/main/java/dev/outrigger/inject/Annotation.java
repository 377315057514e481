package dev.outrigger.inject;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;

/**
 * The annotations of a pod that the injector reads, and what each expects. One table for reading, refusing and suggesting, so
 * that none of them can fall behind the others.
 */
enum Annotation {
    INJECT("inject", "true or false"),
    SIDECAR("sidecar", "native or classic"),
    IMAGE("image", "the name of an image"),
    CONFIG("config", "the name of a ConfigMap with the key outrigger.conf"),
    SERVICE_NAME("service-name", "a name of at most 63 letters, digits, dots, dashes and underscores"),
    UPSTREAM_PROTOCOL("upstream-protocol", "http1, http2 or auto"),
    INTERCEPTION("interception", "redirect, tproxy or none"),
    OUTBOUND("outbound", "true or false"),
    INCLUDE_INBOUND_PORTS("include-inbound-ports", "* alone, or ports and ranges between commas, as 8080,9000-9010"),
    EXCLUDE_INBOUND_PORTS("exclude-inbound-ports", "ports and ranges between commas, as 8080,9000-9010"),
    INCLUDE_OUTBOUND_PORTS("include-outbound-ports", "* alone, or ports and ranges between commas, as 443,9000-9010"),
    EXCLUDE_OUTBOUND_PORTS("exclude-outbound-ports", "ports and ranges between commas, as 443,9000-9010"),
    INCLUDE_OUTBOUND_CIDRS(
            "include-outbound-cidrs",
            "address ranges between commas, with no bits behind their prefixes, as 10.0.0.0/8,fd00::/8"),
    EXCLUDE_OUTBOUND_CIDRS(
            "exclude-outbound-cidrs",
            "address ranges between commas, with no bits behind their prefixes, as 10.0.0.0/8,fd00::/8"),
    REWRITE_PROBES("rewrite-probes", "true or false"),
    SCRAPE("scrape", "true or false"),
    DRAIN_TIMEOUT("drain-timeout", "a time as 25s, shorter than terminationGracePeriodSeconds"),
    CPU_REQUEST("cpu-request", "a quantity, as 100m"),
    CPU_LIMIT("cpu-limit", "a quantity, as 2"),
    MEMORY_REQUEST("memory-request", "a quantity, as 128Mi"),
    MEMORY_LIMIT("memory-limit", "a quantity, as 512Mi"),
    HEAP("heap", "a size as 256m"),
    /** Written by the injector: that it was here, and what it added. */
    STATUS("status", "nothing, as the injector writes it"),
    /** Written by the injector: the configuration that the sidecar reads through the downward API. */
    SIDECAR_CONFIG("sidecar-config", "nothing, as the injector writes it");

    static final String PREFIX = "outrigger.dev/";

    private final String key;
    private final String expected;

    Annotation(String name, String expected) {
        this.key = PREFIX + name;
        this.expected = expected;
    }

    String key() {
        return key;
    }

    String expected() {
        return expected;
    }

    static Optional<Annotation> of(String key) {
        return Arrays.stream(values())
                .filter(annotation -> annotation.key.equals(key))
                .findFirst();
    }

    /** The one that somebody most likely meant, by the fewest letters to change. */
    static Annotation nearest(String key) {
        return Arrays.stream(values())
                .min(Comparator.comparingInt(annotation -> distance(annotation.key, key)))
                .orElseThrow();
    }

    /** Levenshtein's, with one row of the table. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        Arrays.setAll(row, j -> j);
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int changed = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
