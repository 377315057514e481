package dev.outrigger.record;

import dev.outrigger.failure.Outcome;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One loop's opaque connections of one {@link TcpKey} as they stood at a hand-over.
 *
 * @param active open now
 * @param ended since the start, by {@link Outcome#ordinal}
 * @param clientBytes that clients sent, since the start
 * @param serverBytes that the upstream sent, since the start
 */
public record TcpCounts(int active, List<Long> ended, long clientBytes, long serverBytes) {
    public TcpCounts {
        ended = List.copyOf(ended);
    }

    /** Of two loops. */
    public TcpCounts plus(TcpCounts other) {
        return new TcpCounts(
                active + other.active,
                IntStream.range(0, ended.size())
                        .mapToObj(i -> ended.get(i) + other.ended.get(i))
                        .toList(),
                clientBytes + other.clientBytes,
                serverBytes + other.serverBytes);
    }
}
