package dev.outrigger.record;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** The last requests that one loop refused, the oldest forgotten first: a flood of them costs no more memory than a few. */
public final class LastRefusals {
    static final int KEPT = 16;

    private final ArrayDeque<Entry> entries = new ArrayDeque<>(KEPT);

    LastRefusals() {}

    void add(String listener, RefusedRequest request) {
        if (entries.size() == KEPT) {
            entries.poll();
        }
        entries.add(new Entry(listener, request));
    }

    /** A copy, oldest first. To be called on the loop. */
    public List<Entry> entries() {
        return new ArrayList<>(entries);
    }

    /** A refused request, and the name of the listener that it came in by. */
    public record Entry(String listener, RefusedRequest request) {}
}
