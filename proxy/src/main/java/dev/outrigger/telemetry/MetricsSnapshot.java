package dev.outrigger.telemetry;

import dev.outrigger.record.CloseReason;
import dev.outrigger.record.EntranceCounts;
import dev.outrigger.record.GrpcStatus;
import dev.outrigger.record.Http2Counts;
import dev.outrigger.record.ListenerCounts;
import dev.outrigger.record.LoopGauges;
import dev.outrigger.record.MessageCounts;
import dev.outrigger.record.RefusalReason;
import dev.outrigger.record.RetryReason;
import dev.outrigger.record.SeriesKey;
import dev.outrigger.record.StreamKey;
import dev.outrigger.record.TcpCounts;
import dev.outrigger.record.TcpKey;
import dev.outrigger.record.TimingKey;
import dev.outrigger.record.TlsCounts;
import dev.outrigger.record.TlsPeer;
import dev.outrigger.record.UpstreamGauges;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

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
 * @param tls handshakes since the start by listener and upstream
 * @param http2 clients' HTTP/2 connections by listener
 * @param listeners by listener name
 * @param tcp opaque connections
 * @param entrances how connections began, by listener
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
        Map<TlsPeer, TlsCounts> tls,
        Map<String, Http2Counts> http2,
        Map<String, ListenerTotals> listeners,
        Map<TcpKey, TcpCounts> tcp,
        Map<String, EntranceCounts> entrances,
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
            Map.of(),
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
        tls = Map.copyOf(tls);
        http2 = Map.copyOf(http2);
        listeners = Map.copyOf(listeners);
        tcp = Map.copyOf(tcp);
        entrances = Map.copyOf(entrances);
    }

    /** Handshakes over all loops, see {@link LoopGauges}. */
    static Map<TlsPeer, TlsCounts> tls(Collection<LoopGauges> loops) {
        Map<TlsPeer, TlsCounts> sums = new HashMap<>();
        for (LoopGauges loop : loops) {
            loop.tls().forEach((peer, counts) -> sums.merge(peer, counts, TlsCounts::plus));
        }
        return sums;
    }

    static Map<String, Http2Counts> http2Of(Collection<LoopGauges> loops) {
        Map<String, Http2Counts> sums = new HashMap<>();
        loops.forEach(
                loop -> loop.http2().forEach((listener, counts) -> sums.merge(listener, counts, Http2Counts::plus)));
        return sums;
    }

    static Map<TcpKey, TcpCounts> tcpOf(Collection<LoopGauges> loops) {
        Map<TcpKey, TcpCounts> sums = new HashMap<>();
        loops.forEach(loop -> loop.tcp().forEach((key, counts) -> sums.merge(key, counts, TcpCounts::plus)));
        return sums;
    }

    static Map<String, EntranceCounts> entrancesOf(Collection<LoopGauges> loops) {
        Map<String, EntranceCounts> sums = new HashMap<>();
        loops.forEach(loop ->
                loop.entrances().forEach((listener, counts) -> sums.merge(listener, counts, EntranceCounts::plus)));
        return sums;
    }

    /** Sums over the loops, see {@link LoopGauges}. */
    public record Totals(
            long downstreamConnections,
            long exchangesActive,
            long connectionsAccepted,
            long connectionsRefused,
            long seriesFolded) {

        static Totals of(Collection<LoopGauges> loops) {
            Totals sum = new Totals(0, 0, 0, 0, 0);
            for (LoopGauges loop : loops) {
                sum = new Totals(
                        sum.downstreamConnections + loop.downstreamConnections(),
                        sum.exchangesActive + loop.exchangesActive(),
                        sum.connectionsAccepted + loop.connectionsAccepted(),
                        sum.connectionsRefused + loop.connectionsRefused(),
                        sum.seriesFolded + loop.seriesFolded());
            }
            return sum;
        }
    }

    /**
     * One upstream's connections, and what became of requests on them, over all loops, see {@link UpstreamGauges}.
     *
     * @param retries by {@link RetryReason}
     * @param grpcResponses by code of {@link GrpcStatus}
     */
    public record PoolTotals(
            long connections,
            long idle,
            long pending,
            long connects,
            long connectFailures,
            List<Long> retries,
            long retryBudgetExhausted,
            long hedgesWon,
            long deadLetters,
            long fallbacks,
            List<Long> grpcResponses) {

        static Map<String, PoolTotals> of(Collection<LoopGauges> loops) {
            Map<String, PoolTotals> sums = new HashMap<>();
            for (LoopGauges loop : loops) {
                loop.upstreams().forEach((name, gauges) -> sums.merge(name, of(gauges), PoolTotals::plus));
            }
            return sums;
        }

        private static PoolTotals of(UpstreamGauges gauges) {
            return new PoolTotals(
                    gauges.connections,
                    gauges.idle,
                    gauges.pending,
                    gauges.connects,
                    gauges.connectFailures,
                    list(gauges.retries),
                    gauges.retryBudgetExhausted,
                    gauges.hedgesWon,
                    gauges.deadLetters,
                    gauges.fallbacks,
                    list(gauges.grpcResponses));
        }

        private PoolTotals plus(PoolTotals other) {
            return new PoolTotals(
                    connections + other.connections,
                    idle + other.idle,
                    pending + other.pending,
                    connects + other.connects,
                    connectFailures + other.connectFailures,
                    sum(retries, other.retries),
                    retryBudgetExhausted + other.retryBudgetExhausted,
                    hedgesWon + other.hedgesWon,
                    deadLetters + other.deadLetters,
                    fallbacks + other.fallbacks,
                    sum(grpcResponses, other.grpcResponses));
        }

        private static List<Long> list(long[] counts) {
            return Arrays.stream(counts).boxed().toList();
        }

        private static List<Long> sum(List<Long> counts, List<Long> more) {
            return IntStream.range(0, counts.size())
                    .mapToObj(i -> counts.get(i) + more.get(i))
                    .toList();
        }
    }

    /**
     * Streams or tunnels of one kind at one upstream over all loops.
     *
     * @param active open now
     * @param begun since the start
     * @param events passed since the start
     */
    public record StreamTotals(long active, long begun, long events) {

        static Map<StreamKey, StreamTotals> of(Collection<LoopGauges> loops) {
            Map<StreamKey, StreamTotals> sums = new HashMap<>();
            for (LoopGauges loop : loops) {
                loop.streams()
                        .forEach((key, gauges) -> sums.merge(
                                key,
                                new StreamTotals(gauges.active(), gauges.begun(), gauges.events()),
                                StreamTotals::plus));
            }
            return sums;
        }

        private StreamTotals plus(StreamTotals other) {
            return new StreamTotals(active + other.active, begun + other.begun, events + other.events);
        }
    }

    /**
     * What was refused on one listener and why its connections ended, over all loops since the start.
     *
     * @param refused requests
     * @param closed connections
     */
    public record ListenerTotals(Map<RefusalReason, Long> refused, Map<CloseReason, Long> closed) {

        static Map<String, ListenerTotals> of(Collection<LoopGauges> loops) {
            Map<String, ListenerTotals> sums = new HashMap<>();
            for (LoopGauges loop : loops) {
                loop.listeners().forEach((name, counts) -> sums.computeIfAbsent(
                                name,
                                unused -> new ListenerTotals(
                                        new EnumMap<>(RefusalReason.class), new EnumMap<>(CloseReason.class)))
                        .add(counts));
            }
            return sums;
        }

        private void add(ListenerCounts counts) {
            for (RefusalReason reason : RefusalReason.values()) {
                refused.merge(reason, counts.refused(reason), Long::sum);
            }
            for (CloseReason reason : CloseReason.values()) {
                closed.merge(reason, counts.closed(reason), Long::sum);
            }
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
