package dev.outrigger.record;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How the connections of one listener began on one loop, as it stood at a hand-over. All since the start.
 *
 * @param found what they were found to speak, by {@link Detection#ordinal}
 * @param timeouts of these, the ones that were decided by the end of the time
 * @param headers results of reading PROXY headers, by {@link ProxyHeaderResult#ordinal}
 */
public record EntranceCounts(List<Long> found, long timeouts, List<Long> headers) {
    public EntranceCounts {
        found = List.copyOf(found);
        headers = List.copyOf(headers);
    }

    /** Of two loops. */
    public EntranceCounts plus(EntranceCounts other) {
        return new EntranceCounts(sum(found, other.found), timeouts + other.timeouts, sum(headers, other.headers));
    }

    private static List<Long> sum(List<Long> a, List<Long> b) {
        return IntStream.range(0, a.size()).mapToObj(i -> a.get(i) + b.get(i)).toList();
    }
}
