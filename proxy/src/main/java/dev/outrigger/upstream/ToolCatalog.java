package dev.outrigger.upstream;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The tools of one upstream, as its answers to {@code tools/list} name them. Callers choose the names in their calls; these
 * here come from the server.
 *
 * <p>A list comes in pages, lists of several clients come mixed, and servers may show different tools to different clients. So
 * pages are put together, and what they say is in force from a last page on: then nothing that a server has is missing only
 * because its page is still to come. After the server has said that its list has changed, the next first page begins anew.
 *
 * <p>Bounded, since a server may be broken too: what is beyond the limit does not get in. Safe for use by any thread; readers
 * see an immutable map.
 */
public final class ToolCatalog {
    /** Twice what MCP recommends as the longest. */
    static final int MAX_NAME_CHARS = 256;

    private volatile int maxTools;
    private final AtomicReference<State> state = new AtomicReference<>(new State(null, Map.of(), true));

    /** @param maxTools how many are kept */
    public ToolCatalog(int maxTools) {
        this.maxTools = maxTools;
    }

    /** Whether a whole list was seen. */
    public boolean isKnown() {
        return current().inForce != null;
    }

    public boolean contains(String name) {
        Map<String, Integer> tools = current().inForce;
        return tools != null && tools.containsKey(name);
    }

    /** What the list says of a tool besides its name, in the bits of whoever read it; 0 for an unknown one. */
    public int hints(String name) {
        Map<String, Integer> tools = current().inForce;
        return tools == null ? 0 : tools.getOrDefault(name, 0);
    }

    public Set<String> names() {
        Map<String, Integer> tools = current().inForce;
        return tools == null ? Set.of() : tools.keySet();
    }

    /**
     * Takes one page in.
     *
     * @param page hints by name
     * @param firstPage whether the request had no cursor
     * @param lastPage whether the answer has no cursor
     */
    public void learn(Map<String, Integer> page, boolean firstPage, boolean lastPage) {
        state.updateAndGet(before -> before.learn(page, firstPage, lastPage, maxTools));
    }

    /** The server has said that its list is another one now. What was known stays in force until the new list is known. */
    public void changed() {
        state.updateAndGet(before -> new State(before.inForce, before.growing, true));
    }

    /** Keeps no more than so many from the next page on; what is in force stays. */
    void limit(int newMaxTools) {
        maxTools = newMaxTools;
    }

    private State current() {
        return Objects.requireNonNull(state.get());
    }

    /**
     * @param inForce the last whole list; null before the first
     * @param growing what the pages since the last beginning say
     * @param stale whether {@code growing} speaks of an earlier list
     */
    private record State(@Nullable Map<String, Integer> inForce, Map<String, Integer> growing, boolean stale) {
        State learn(Map<String, Integer> page, boolean firstPage, boolean lastPage, int maxTools) {
            if (stale && !firstPage) {
                return this;
            }
            Map<String, Integer> grown = merge(stale ? Map.of() : growing, page, maxTools);
            return new State(lastPage ? grown : inForce, grown, false);
        }

        private static Map<String, Integer> merge(Map<String, Integer> known, Map<String, Integer> page, int maxTools) {
            if (known.entrySet().containsAll(page.entrySet())) {
                return known;
            }
            Map<String, Integer> merged = new HashMap<>(known);
            page.forEach((name, hints) -> {
                boolean fits = merged.size() < maxTools && name.length() <= MAX_NAME_CHARS;
                if (fits || merged.containsKey(name)) {
                    merged.put(name, hints);
                }
            });
            return Map.copyOf(merged);
        }
    }
}
