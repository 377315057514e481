package dev.outrigger.telemetry;

import dev.outrigger.record.LoopGauges;
import dev.outrigger.record.SeriesKey;
import dev.outrigger.record.UpstreamGauges;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What all loops recorded up to one moment. Immutable.
 *
 * @param series durations since the start by labels
 * @param latencies of the last closed window
 * @param failureRates of the last closed window by upstream, 0 to 1; an upstream without calls has none
 * @param pools by upstream name
 * @param takenNanos reading of the monotonic clock when it was taken, 0 if it never was
 */
public record MetricsSnapshot(
        Map<SeriesKey, Distribution> series,
        List<WindowLatency> latencies,
        Map<String, Double> failureRates,
        Totals totals,
        Map<String, PoolTotals> pools,
        long takenNanos) {
    /** Before the first one was taken. */
    public static final MetricsSnapshot EMPTY =
            new MetricsSnapshot(Map.of(), List.of(), Map.of(), Totals.of(List.of()), Map.of(), 0);

    public MetricsSnapshot {
        series = Map.copyOf(series);
        latencies = List.copyOf(latencies);
        failureRates = Map.copyOf(failureRates);
        pools = Map.copyOf(pools);
    }

    /** Sums over the loops, see {@link LoopGauges}. */
    public record Totals(
            long downstreamConnections,
            long exchangesActive,
            long connectionsAccepted,
            long connectionsRefused,
            long requestsMalformed,
            long seriesFolded) {

        static Totals of(Collection<LoopGauges> loops) {
            Totals sum = new Totals(0, 0, 0, 0, 0, 0);
            for (LoopGauges loop : loops) {
                sum = new Totals(
                        sum.downstreamConnections + loop.downstreamConnections(),
                        sum.exchangesActive + loop.exchangesActive(),
                        sum.connectionsAccepted + loop.connectionsAccepted(),
                        sum.connectionsRefused + loop.connectionsRefused(),
                        sum.requestsMalformed + loop.requestsMalformed(),
                        sum.seriesFolded + loop.seriesFolded());
            }
            return sum;
        }
    }

    /** One upstream's connections over all loops, see {@link UpstreamGauges}. */
    public record PoolTotals(long connections, long idle, long pending, long connects, long connectFailures) {

        static Map<String, PoolTotals> of(Collection<LoopGauges> loops) {
            Map<String, PoolTotals> sums = new HashMap<>();
            for (LoopGauges loop : loops) {
                loop.upstreams().forEach((name, gauges) -> sums.merge(name, of(gauges), PoolTotals::plus));
            }
            return sums;
        }

        private static PoolTotals of(UpstreamGauges gauges) {
            return new PoolTotals(
                    gauges.connections, gauges.idle, gauges.pending, gauges.connects, gauges.connectFailures);
        }

        private PoolTotals plus(PoolTotals other) {
            return new PoolTotals(
                    connections + other.connections,
                    idle + other.idle,
                    pending + other.pending,
                    connects + other.connects,
                    connectFailures + other.connectFailures);
        }
    }
}
