package dev.outrigger.mcp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Who else may get a result: its {@code cacheScope}, since 2026-07-28. */
public enum CacheScope {
    /** Not said. */
    ABSENT(""),
    /** Everybody. */
    PUBLIC("public"),
    /** Whoever has the same authorization; so for everything that this proxy does not know. */
    PRIVATE("private");

    private final byte[] bytes;

    CacheScope(String label) {
        this.bytes = label.getBytes(StandardCharsets.US_ASCII);
    }

    static CacheScope of(JsonText text) {
        int end = text.offset() + text.length();
        return Arrays.equals(PUBLIC.bytes, 0, PUBLIC.bytes.length, text.bytes(), text.offset(), end) ? PUBLIC : PRIVATE;
    }
}
