package dev.outrigger.record;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a {@code tracestate} within bounds. The sidecar adds no entry of its own, so the value passes as it is; the W3C asks
 * to pass at least 512 characters, and where a list must be cut, to cut whole entries: first those over 128 characters, then
 * from the end.
 */
final class TraceState {
    /** Eight times what must pass: 32 entries, the most that are allowed, of 128 characters. */
    static final int LIMIT_CHARS = 4096;

    private static final int LONG_ENTRY_CHARS = 128;

    private TraceState() {}

    /** The value within bounds, null if nothing is left of it. */
    static @Nullable String bounded(String value) {
        if (value.length() <= LIMIT_CHARS) {
            return value.isBlank() ? null : value;
        }
        List<String> entries = new ArrayList<>(Arrays.asList(value.split(",", -1)));
        int length = value.length();
        for (int i = entries.size() - 1; i >= 0 && length > LIMIT_CHARS; i--) {
            if (entries.get(i).length() > LONG_ENTRY_CHARS) {
                length -= entries.remove(i).length() + 1;
            }
        }
        while (length > LIMIT_CHARS && !entries.isEmpty()) {
            length -= entries.remove(entries.size() - 1).length() + 1;
        }
        return entries.isEmpty() ? null : String.join(",", entries);
    }
}
