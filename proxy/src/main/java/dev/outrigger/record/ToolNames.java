package dev.outrigger.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The tool names that are labels: the first ones seen, up to a limit that holds over all loops. Callers choose tool names, so
 * without the limit anybody could make series without end; what is beyond it is {@code other}, and counted.
 *
 * <p>Shared by all loops. A name is added a few hundred times in the life of the process and looked up here a few times per
 * loop, hence an immutable map that is replaced.
 */
public final class ToolNames {
    /** Longest name that MCP recommends; a longer one is {@code other}. */
    static final int MAX_NAME_BYTES = 128;

    private final int limit;
    private final AtomicReference<Map<String, String>> names = new AtomicReference<>(Map.of());
    private final LongAdder folded = new LongAdder();

    /** @param limit number of different names, {@code mcp.max-tool-labels} */
    public ToolNames(int limit) {
        this.limit = limit;
    }

    /** A view for one loop. */
    public Cache newCache() {
        return new Cache();
    }

    /** How many calls went to {@code other}. */
    public long folded() {
        return folded.sum();
    }

    /** The one instance that stands for this name, or {@link ExchangeRecord#OTHER}. */
    private String intern(String name) {
        while (true) {
            Map<String, String> seen = Objects.requireNonNull(names.get());
            String known = seen.get(name);
            if (known != null) {
                return known;
            }
            if (seen.size() >= limit) {
                folded.increment();
                return ExchangeRecord.OTHER;
            }
            Map<String, String> more = new HashMap<>(seen);
            more.put(name, name);
            if (names.compareAndSet(seen, Map.copyOf(more))) {
                return name;
            }
        }
    }

    /** Turns the bytes of a name into its label; a name seen before costs no allocation. Belongs to one loop. */
    public final class Cache {
        private final byte[] @Nullable [] keys;
        private final @Nullable String[] values;
        private int size;

        private Cache() {
            // At most half full, a power of two.
            int capacity = Integer.highestOneBit(Math.max(1, limit)) * 4;
            keys = new byte[capacity][];
            values = new String[capacity];
        }

        /**
         * The interned label of a name.
         *
         * @param name UTF-8, read up to {@code length}
         */
        public String resolve(byte[] name, int length) {
            if (length > MAX_NAME_BYTES) {
                folded.increment();
                return ExchangeRecord.OTHER;
            }
            int mask = keys.length - 1;
            int slot = hash(name, length) & mask;
            while (true) {
                byte[] key = keys[slot];
                if (key == null) {
                    return add(slot, name, length);
                }
                String value = values[slot];
                if (value != null && Arrays.equals(key, 0, key.length, name, 0, length)) {
                    return value;
                }
                slot = (slot + 1) & mask;
            }
        }

        private String add(int slot, byte[] name, int length) {
            String label = intern(new String(name, 0, length, StandardCharsets.UTF_8));
            // The second bound matters for malformed UTF-8 only, of which many forms decode to one name.
            if (!label.equals(ExchangeRecord.OTHER) && size < limit) {
                keys[slot] = Arrays.copyOf(name, length);
                values[slot] = label;
                size++;
            }
            return label;
        }

        private static int hash(byte[] name, int length) {
            int hash = 0;
            for (int i = 0; i < length; i++) {
                hash = 31 * hash + name[i];
            }
            hash *= 0x9E3779B9;
            return hash ^ (hash >>> 16);
        }
    }
}
