package dev.outrigger.demo;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The protocol revisions that the server speaks; revisions are dates, so text order is their order. */
final class ProtocolVersion {
    static final String HEADER = "MCP-Protocol-Version";
    static final String MODERN = "2026-07-28";
    /** The only revision with batches; also what a client means that names none. */
    static final String BATCHES = "2025-03-26";

    /** Newest first. */
    static final List<String> LEGACY = List.of("2025-11-25", "2025-06-18", BATCHES);

    /** Newest first. */
    static final List<String> ALL =
            Stream.concat(Stream.of(MODERN), LEGACY.stream()).toList();

    private ProtocolVersion() {}

    /** Whether a client that names this version leaves sessions behind; newer revisions than ours count. */
    static boolean isModern(@Nullable String version) {
        return version != null && version.compareTo(MODERN) >= 0;
    }
}
