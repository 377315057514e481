package dev.outrigger.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The tool names that are labels. Callers choose tool names, so without a limit anybody could make series without end; what
 * is beyond it is {@code other}, and counted.
 *
 * <p>There are two sorts. Guessed names are the first ones that were called. Learned names are those that a server has listed
 * itself; once a server's list is known, a call of it that names none of them is {@code other} at once. Each sort has the
 * limit to itself, so that made-up names which came before the list take no room from real tools; there are at most twice as
 * many labels as the limit says, over all loops.
 *
 * <p>Shared by all loops. A name is added a few hundred times in the life of the process and looked up here a few times per
 * loop, hence immutable maps that are replaced.
 */
public final class ToolNames {
    /** Longest name that MCP recommends; a longer one is {@code other}. */
    static final int MAX_NAME_BYTES = 128;

    private final AtomicReference<Labels> labels = new AtomicReference<>(new Labels(Map.of(), Map.of()));
    private final LongAdder folded = new LongAdder();
    private volatile int limit;

    /** @param limit number of different names of each sort, {@code mcp.max-tool-labels} */
    public ToolNames(int limit) {
        this.limit = limit;
    }

    /**
     * Sets the limit anew, from any thread. A lower one takes no label away, because its series exist already and would stand
     * still; it only adds none.
     */
    public void limit(int limit) {
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

    /** Takes names that a server has listed, from any loop. Those that are known already cost a look-up each. */
    public void learn(Collection<String> names) {
        while (true) {
            Labels seen = current();
            Labels more = seen.learning(names, limit);
            if (more.learned.size() == seen.learned.size() || labels.compareAndSet(seen, more)) {
                return;
            }
        }
    }

    /** The one instance that stands for a learned name, null for others. */
    private @Nullable String learned(String name) {
        return current().learned.get(name);
    }

    /** The one instance that stands for a name, null if there is no room for it. */
    private @Nullable String guess(String name) {
        while (true) {
            Labels seen = current();
            String known = seen.find(name);
            if (known != null || seen.guessed.size() >= limit) {
                return known;
            }
            if (labels.compareAndSet(seen, seen.guessing(name))) {
                return name;
            }
        }
    }

    private Labels current() {
        return Objects.requireNonNull(labels.get());
    }

    private String fold() {
        folded.increment();
        return ExchangeRecord.OTHER;
    }

    /** A name is the same instance in both. */
    private record Labels(Map<String, String> guessed, Map<String, String> learned) {

        @Nullable
        String find(String name) {
            String known = learned.get(name);
            return known == null ? guessed.get(name) : known;
        }

        Labels guessing(String name) {
            Map<String, String> more = new HashMap<>(guessed);
            more.put(name, name);
            return new Labels(Map.copyOf(more), learned);
        }

        Labels learning(Collection<String> names, int limit) {
            Map<String, String> more = new HashMap<>();
            for (String name : names) {
                boolean hasRoom = learned.size() + more.size() < limit;
                if (hasRoom && !learned.containsKey(name) && isLabel(name)) {
                    more.put(name, guessed.getOrDefault(name, name));
                }
            }
            if (more.isEmpty()) {
                return this;
            }
            more.putAll(learned);
            return new Labels(guessed, Map.copyOf(more));
        }

        private static boolean isLabel(String name) {
            return name.length() <= MAX_NAME_BYTES && name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME_BYTES;
        }
    }

    /** Turns the bytes of a name into its label; a name seen before costs no allocation. Belongs to one loop. */
    public final class Cache {
        private byte[] @Nullable [] keys;
        private @Nullable String[] values;
        /** Whether the value is known to be learned. */
        private boolean[] learned;

        private int guessedSize;
        private int learnedSize;

        private Cache() {
            int capacity = capacity();
            keys = new byte[capacity][];
            values = new String[capacity];
            learned = new boolean[capacity];
        }

        /** At most half full of both sorts, a power of two. */
        private int capacity() {
            return Integer.highestOneBit(Math.max(1, limit)) * 8;
        }

        /** The label of a name that does not get one of its own, which is counted. */
        public String fold() {
            return ToolNames.this.fold();
        }

        /** {@link ToolNames#learn}. */
        public void learn(Collection<String> listed) {
            ToolNames.this.learn(listed);
        }

        /**
         * The interned label of a name, be it learned or guessed.
         *
         * @param name UTF-8, read up to {@code length}
         */
        public String resolve(byte[] name, int length) {
            return resolve(name, length, false);
        }

        /**
         * The interned label of a name.
         *
         * @param name UTF-8, read up to {@code length}
         * @param onlyKnown the server has listed its tools: a name that was not learned is {@code other}, even one that was
         *     guessed before
         */
        public String resolve(byte[] name, int length, boolean onlyKnown) {
            if (length > MAX_NAME_BYTES) {
                return fold();
            }
            int slot = slotOf(name, length);
            String label = values[slot];
            if (label == null) {
                return add(name, length, onlyKnown);
            }
            if (onlyKnown && !learned[slot]) {
                learned[slot] = learned(label) != null;
                return learned[slot] ? label : fold();
            }
            return label;
        }

        /** Where the name stands, or where it would. */
        private int slotOf(byte[] name, int length) {
            int mask = keys.length - 1;
            int slot = hash(name, length) & mask;
            while (true) {
                byte[] key = keys[slot];
                if (key == null || Arrays.equals(key, 0, key.length, name, 0, length)) {
                    return slot;
                }
                slot = (slot + 1) & mask;
            }
        }

        private String add(byte[] name, int length, boolean onlyKnown) {
            String text = new String(name, 0, length, StandardCharsets.UTF_8);
            String listed = learned(text);
            String label = listed == null && !onlyKnown ? guess(text) : listed;
            if (label == null) {
                return fold();
            }
            if (keys.length < capacity()) {
                grow(capacity());
            }
            // Each sort has half of what may be filled. That is more than there are labels, but many forms of malformed
            // UTF-8
            // decode to one name.
            if ((listed == null ? guessedSize : learnedSize) < keys.length / 4) {
                put(slotOf(name, length), Arrays.copyOf(name, length), label, listed != null);
                guessedSize += listed == null ? 1 : 0;
                learnedSize += listed == null ? 0 : 1;
            }
            return label;
        }

        private void put(int slot, byte[] name, String label, boolean isLearned) {
            keys[slot] = name;
            values[slot] = label;
            learned[slot] = isLearned;
        }

        /** The limit is higher than it was. */
        private void grow(int capacity) {
            byte[] @Nullable [] oldKeys = keys;
            @Nullable String[] oldValues = values;
            boolean[] oldLearned = learned;
            keys = new byte[capacity][];
            values = new String[capacity];
            learned = new boolean[capacity];
            for (int i = 0; i < oldKeys.length; i++) {
                byte[] key = oldKeys[i];
                String value = oldValues[i];
                if (key != null && value != null) {
                    put(slotOf(key, key.length), key, value, oldLearned[i]);
                }
            }
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
