package dev.outrigger.record;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One loop's recorders: a series per distinct combination of labels, and gauges that the loop's own code counts.
 *
 * <p>There is a single writer, so that everything is a plain field. Reading is a hand-over instead of a look from another
 * thread: {@link #handOver} runs on the loop, gives away what was filled and continues with empty intervals. Atomic or striped
 * counters would cost every exchange what this costs once per scrape, and a count read while its histogram is being written
 * would not agree with it.
 *
 * <p>All methods belong to the owning loop.
 */
public final class LoopMetrics implements ExchangeObserver {
    /**
     * Series per loop. 200 tools at 5 upstreams with 4 ways to end; a series costs about 150 bytes while it is quiet, 1 KiB
     * when it is not, and tens of KiB when busy.
     */
    public static final int DEFAULT_SERIES_LIMIT = 4000;

    /** Open downstream connections. */
    public int downstreamConnections;
    /** Exchanges begun and not ended. */
    public int exchangesActive;
    /** Downstream connections accepted since the start. */
    public long connectionsAccepted;
    /** Downstream connections refused because of the limit, since the start. */
    public long connectionsRefused;

    private final SeriesTable table;
    private final SpareIntervals spares = new SpareIntervals();
    private final Timings timings = new Timings(spares);
    private final Streams streams = new Streams(timings);
    private final Map<String, UpstreamGauges> upstreams = new HashMap<>();
    private final Map<String, MessageCounts> messages = new HashMap<>();
    private final Map<TlsPeer, TlsCounts> tls = new HashMap<>();
    private final Map<String, Http2Counts> http2 = new HashMap<>();
    private final Map<String, ListenerRecorder> listeners = new HashMap<>();
    private final LastRefusals lastRefusals = new LastRefusals();
    private final Map<TcpKey, TcpRecorder> tcp = new HashMap<>();
    private final Map<String, EntranceRecorder> entrances = new HashMap<>();
    private final ArrayList<Series> touched = new ArrayList<>();

    public LoopMetrics() {
        this(DEFAULT_SERIES_LIMIT);
    }

    /** @param seriesLimit more combinations of labels than this are recorded as {@code other} */
    public LoopMetrics(int seriesLimit) {
        this.table = new SeriesTable(seriesLimit, timings);
    }

    /**
     * Whether exchanges are recorded, which they are at first. While they are not, everything that is counted of them and of
     * their streams and messages stands still; what says how many of something there are now goes on.
     */
    public void collecting(boolean wanted) {
        timings.collecting(wanted);
        messages.values().forEach(counts -> counts.collecting(wanted));
    }

    @Override
    public void onFinish(ExchangeRecord record) {
        if (!timings.isCollecting()) {
            return;
        }
        Series series = add(record, record.operationsApart ? SeriesKey.Scope.TRANSPORT : SeriesKey.Scope.EXCHANGE);
        if (record.upstreamSentNanos != 0) {
            series.overhead.record(record.upstreamSentNanos - record.startNanos, record);
        }
        if (record.fallback) {
            upstream(record.upstream).fallbacks++;
        }
        GrpcStatus grpc = record.grpcStatus;
        if (grpc != null && !record.upstream.isEmpty()) {
            upstream(record.upstream).grpcResponses[grpc.ordinal()]++;
        }
    }

    @Override
    public void onCall(ExchangeRecord call) {
        if (timings.isCollecting()) {
            add(call, SeriesKey.Scope.OPERATION);
        }
    }

    /** This loop's gauges for an upstream, made when first asked for, the same object ever after. */
    public UpstreamGauges upstream(String name) {
        return upstreams.computeIfAbsent(name, unused -> new UpstreamGauges());
    }

    /** This loop's recorder for the streams of a kind, made when first asked for, the same object ever after. */
    public StreamRecorder stream(String upstream, StreamKind kind) {
        return streams.of(upstream, kind);
    }

    /** This loop's counts of an upstream's messages, made when first asked for, the same object ever after. */
    public MessageCounts messages(String upstream) {
        MessageCounts known = messages.get(upstream);
        return known == null
                ? messages.computeIfAbsent(upstream, unused -> new MessageCounts(timings.isCollecting()))
                : known;
    }

    /** This loop's counts of handshakes, made when first asked for, the same object ever after. */
    public TlsCounts tls(TlsPeer peer) {
        return tls.computeIfAbsent(peer, unused -> new TlsCounts());
    }

    /** This loop's counts of a listener's HTTP/2 connections, made when first asked for, the same object ever after. */
    public Http2Counts http2(String listener) {
        return http2.computeIfAbsent(listener, unused -> new Http2Counts());
    }

    /** This loop's counts of a listener, made when first asked for, the same object ever after. */
    public ListenerRecorder listener(String name) {
        return listeners.computeIfAbsent(name, unused -> new ListenerRecorder(name, lastRefusals));
    }

    /** The last requests that were refused, on whatever listener. */
    public LastRefusals lastRefusals() {
        return lastRefusals;
    }

    /** This loop's recorder for opaque connections, made when first asked for, the same object ever after. */
    public TcpRecorder tcp(String listener, String upstream) {
        return tcp.computeIfAbsent(new TcpKey(listener, upstream), key -> new TcpRecorder(key, timings));
    }

    /** This loop's recorder of how a listener's connections begin, made when first asked for, the same object ever after. */
    public EntranceRecorder entrance(String listener) {
        return entrances.computeIfAbsent(listener, name -> new EntranceRecorder(name, timings));
    }

    /**
     * Gives away everything recorded since the last call.
     *
     * @param emptied intervals of earlier batches, cleared, to be filled again
     */
    public LoopBatch handOver(Collection<Interval> emptied) {
        List<LoopBatch.Part> parts = new ArrayList<>(touched.size());
        for (Series series : touched) {
            Interval interval = series.interval;
            if (interval != null) {
                parts.add(new LoopBatch.Part(series.key, interval));
                series.interval = null;
            }
        }
        touched.clear();
        List<LoopBatch.Timed> timed = timings.handOver();
        spares.refill(emptied, parts.size() + timed.size());
        return new LoopBatch(parts, timed, gauges());
    }

    private Series add(ExchangeRecord record, SeriesKey.Scope scope) {
        Series series = table.find(record, scope);
        Interval interval = series.interval;
        if (interval == null) {
            interval = spares.take();
            series.interval = interval;
            touched.add(series);
        }
        interval.record(record);
        return series;
    }

    private LoopGauges gauges() {
        Map<String, UpstreamGauges> upstreamCopies = new HashMap<>();
        upstreams.forEach((name, counted) -> upstreamCopies.put(name, counted.copy()));
        Map<String, MessageCounts> messageCopies = new HashMap<>();
        messages.forEach((name, counted) -> messageCopies.put(name, counted.copy()));
        Map<TlsPeer, TlsCounts> tlsCopies = new HashMap<>();
        tls.forEach((peer, counted) -> tlsCopies.put(peer, counted.copy()));
        Map<String, Http2Counts> http2Copies = new HashMap<>();
        http2.forEach((listener, counted) -> http2Copies.put(listener, counted.copy()));
        Map<String, ListenerCounts> listenerCopies = new HashMap<>();
        listeners.forEach((name, counted) -> listenerCopies.put(name, counted.counts()));
        Map<TcpKey, TcpCounts> tcpCounts = new HashMap<>();
        tcp.forEach((key, recorder) -> tcpCounts.put(key, recorder.counts()));
        Map<String, EntranceCounts> entranceCounts = new HashMap<>();
        entrances.forEach((listener, recorder) -> entranceCounts.put(listener, recorder.counts()));
        return new LoopGauges(
                downstreamConnections,
                exchangesActive,
                connectionsAccepted,
                connectionsRefused,
                table.folded(),
                upstreamCopies,
                streams.gauges(),
                messageCopies,
                tlsCopies,
                http2Copies,
                listenerCopies,
                tcpCounts,
                entranceCounts);
    }
}
