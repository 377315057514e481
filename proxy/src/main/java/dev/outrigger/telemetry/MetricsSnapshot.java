package dev.outrigger.telemetry;

import dev.outrigger.record.LoopGauges;
import dev.outrigger.record.MessageCounts;
import dev.outrigger.record.SeriesKey;
import dev.outrigger.record.StreamKey;
import dev.outrigger.record.TimingKey;
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
 * @param timings other durations since the start
 * @param streams open ones and their events
 * @param messages by upstream name
 * @param sessions how long those lasted that have ended
 * @param takenNanos reading of the monotonic clock when it was taken, 0 if it never was
 */
public record MetricsSnapshot(
        Map<SeriesKey, Distribution> series,
        List<WindowLatency> latencies,
        Map<String, Double> failureRates,
        Totals totals,
        Map<String, PoolTotals> pools,
        Map<TimingKey, Distribution> timings,
        Map<StreamKey, StreamTotals> streams,
        Map<String, MessageTotals> messages,
        Distribution sessions,
        long takenNanos) {
    /** Before the first one was taken. */
    public static final MetricsSnapshot EMPTY = new MetricsSnapshot(
            Map.of(),
            List.of(),
            Map.of(),
            Totals.of(List.of()),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            new Accumulator().distribution(),
            0);

    public MetricsSnapshot {
        series = Map.copyOf(series);
        latencies = List.copyOf(latencies);
        failureRates = Map.copyOf(failureRates);
        pools = Map.copyOf(pools);
        timings = Map.copyOf(timings);
        streams = Map.copyOf(streams);
        messages = Map.copyOf(messages);
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

    /**
     * Streams of one kind at one upstream over all loops.
     *
     * @param active open now
     * @param events passed since the start
     */
    public record StreamTotals(long active, long events) {

        static Map<StreamKey, StreamTotals> of(Collection<LoopGauges> loops) {
            Map<StreamKey, StreamTotals> sums = new HashMap<>();
            for (LoopGauges loop : loops) {
                loop.streams()
                        .forEach((key, gauges) -> sums.merge(
                                key, new StreamTotals(gauges.active(), gauges.events()), StreamTotals::plus));
            }
            return sums;
        }

        private StreamTotals plus(StreamTotals other) {
            return new StreamTotals(active + other.active, events + other.events);
        }
    }

    /** One upstream's messages over all loops since the start, see {@link MessageCounts}. */
    public record MessageTotals(
            long clientRequests,
            long clientNotifications,
            long clientResponses,
            long serverRequests,
            long serverNotifications,
            long serverResponses,
            long serverErrors) {

        static Map<String, MessageTotals> of(Collection<LoopGauges> loops) {
            Map<String, MessageTotals> sums = new HashMap<>();
            for (LoopGauges loop : loops) {
                loop.messages().forEach((name, counts) -> sums.merge(name, of(counts), MessageTotals::plus));
            }
            return sums;
        }

        private static MessageTotals of(MessageCounts counts) {
            return new MessageTotals(
                    counts.clientRequests,
                    counts.clientNotifications,
                    counts.clientResponses,
                    counts.serverRequests,
                    counts.serverNotifications,
                    counts.serverResponses,
                    counts.serverErrors);
        }

        private MessageTotals plus(MessageTotals other) {
            return new MessageTotals(
                    clientRequests + other.clientRequests,
                    clientNotifications + other.clientNotifications,
                    clientResponses + other.clientResponses,
                    serverRequests + other.serverRequests,
                    serverNotifications + other.serverNotifications,
                    serverResponses + other.serverResponses,
                    serverErrors + other.serverErrors);
        }
    }
}
