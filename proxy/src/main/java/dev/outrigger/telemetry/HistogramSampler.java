package dev.outrigger.telemetry;

import dev.outrigger.record.Interval;
import dev.outrigger.record.LoopBatch;
import dev.outrigger.record.LoopGauges;
import dev.outrigger.record.LoopMetrics;
import dev.outrigger.record.SeriesKey;
import dev.outrigger.record.TimingKey;
import dev.outrigger.time.NanoClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks every loop for what it recorded, and adds it to what was recorded since the start.
 *
 * <p>One round at a time: a round asks each loop, adds each answer as it comes, and ends with the last one. Whoever asks
 * while a round is under way gets the next one, all of them the same. So nothing is counted twice, and a snapshot holds
 * everything that was recorded before it was asked for. A loop that does not answer within a second is left out; its data
 * come with a later round, nothing is lost.
 *
 * <p>All state belongs to control, but the timer of the windows, which a lock guards. Every public method may be called by any
 * thread.
 */
public final class HistogramSampler implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HistogramSampler.class.getName());
    /** A loop that is silent for this long is in trouble, and a scrape must show the others. */
    private static final Duration LOOP_TIMEOUT = Duration.ofSeconds(1);

    private final ScheduledExecutorService control;
    private final List<Feed> feeds;
    private final NanoClock clock;
    private final WallClock wall;
    private final Map<SeriesKey, Accumulator> series = new HashMap<>();
    private final Map<TimingKey, Accumulator> timings = new HashMap<>();
    private final SessionDurations sessions = new SessionDurations();
    private final LatencyWindow window = new LatencyWindow();
    private @Nullable Round current;
    private @Nullable Round next;
    private long windowNanos;
    private @Nullable Future<?> windowTimer;
    private volatile MetricsSnapshot latest = MetricsSnapshot.EMPTY;

    /**
     * Nothing happens before {@link #start} or {@link #collect}.
     *
     * @param control executor with a single thread
     * @param quantileWindow how long each window of {@link WindowLatency} is
     */
    public HistogramSampler(
            ScheduledExecutorService control,
            List<Source> sources,
            Duration quantileWindow,
            NanoClock clock,
            WallClock wall) {
        this.control = control;
        this.feeds = sources.stream().map(Feed::new).toList();
        this.windowNanos = quantileWindow.toNanos();
        this.clock = clock;
        this.wall = wall;
    }

    /** Closes a window now and then, from now on. */
    public synchronized void start() {
        windowTimer = control.scheduleAtFixedRate(this::closeWindow, windowNanos, windowNanos, TimeUnit.NANOSECONDS);
    }

    /** Sets how long the windows are. The one that is open ends after so long, counted from now; an equal length does nothing. */
    public synchronized void window(Duration quantileWindow) {
        if (quantileWindow.toNanos() == windowNanos) {
            return;
        }
        windowNanos = quantileWindow.toNanos();
        if (windowTimer != null) {
            windowTimer.cancel(false);
            start();
        }
    }

    /** Takes a snapshot. It completes on control, exceptionally if control has ended. */
    public CompletionStage<MetricsSnapshot> collect() {
        CompletableFuture<MetricsSnapshot> snapshot = new CompletableFuture<>();
        try {
            control.execute(() -> {
                nextRound().waiters.add(snapshot);
                beginIfIdle();
            });
        } catch (RejectedExecutionException e) {
            snapshot.completeExceptionally(e);
        }
        return snapshot;
    }

    /** The last snapshot, without asking anybody. It is at most one window old once {@link #start} was called. */
    public MetricsSnapshot latest() {
        return latest;
    }

    /** Where ended sessions are counted; to be called on control only. */
    public SessionDurations sessionDurations() {
        return sessions;
    }

    /** Closes no more windows. */
    @Override
    public synchronized void close() {
        if (windowTimer != null) {
            windowTimer.cancel(false);
            windowTimer = null;
        }
    }

    /** On control: the next round closes the window. */
    void closeWindow() {
        nextRound().closesWindow = true;
        beginIfIdle();
    }

    private Round nextRound() {
        Round round = next;
        if (round == null) {
            round = new Round();
            next = round;
        }
        return round;
    }

    private void beginIfIdle() {
        Round round = next;
        if (current != null || round == null) {
            return;
        }
        next = null;
        current = round;
        for (Feed feed : feeds) {
            if (feed.askedBy != null || ask(feed, round)) {
                round.missing.add(feed);
            }
        }
        if (round.missing.isEmpty()) {
            finish(round);
            return;
        }
        round.timeout = control.schedule(() -> finish(round), LOOP_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Posts the question; false if the loop has ended. */
    private boolean ask(Feed feed, Round round) {
        List<Interval> emptied = feed.emptied;
        feed.emptied = List.of();
        try {
            feed.source.loop.execute(() -> answer(feed, feed.source.metrics.handOver(emptied)));
        } catch (RejectedExecutionException e) {
            return false;
        }
        feed.askedBy = round;
        return true;
    }

    /** Called by the loop. */
    private void answer(Feed feed, LoopBatch batch) {
        try {
            control.execute(() -> onAnswer(feed, batch));
        } catch (RejectedExecutionException e) {
            // Control ends after the last scrape; nobody will read this batch.
            LOG.log(System.Logger.Level.DEBUG, "a loop's recorders came after the end", e);
        }
    }

    private void onAnswer(Feed feed, LoopBatch batch) {
        Round asker = feed.askedBy;
        feed.askedBy = null;
        add(feed, batch);
        Round round = current;
        if (round == null || !round.missing.contains(feed)) {
            return;
        }
        // The answer to an earlier round may be older than this one: ask again.
        if (asker != round && ask(feed, round)) {
            return;
        }
        round.missing.remove(feed);
        if (round.missing.isEmpty()) {
            finish(round);
        }
    }

    private void add(Feed feed, LoopBatch batch) {
        List<Interval> emptied =
                new ArrayList<>(batch.parts().size() + batch.timings().size());
        for (LoopBatch.Part part : batch.parts()) {
            Interval interval = part.interval();
            series.computeIfAbsent(part.key(), unused -> new Accumulator())
                    .add(interval, wall, window.add(part.key(), interval.count()));
            interval.clear();
            emptied.add(interval);
        }
        for (LoopBatch.Timed timed : batch.timings()) {
            Interval interval = timed.interval();
            timings.computeIfAbsent(timed.key(), unused -> new Accumulator())
                    .add(interval, wall, LatencyWindow.NOWHERE);
            interval.clear();
            emptied.add(interval);
        }
        feed.emptied = emptied;
        feed.gauges = batch.gauges();
    }

    /** Ends a round exactly once: with its last answer, or by its timeout. */
    private void finish(Round round) {
        if (current != round) {
            return;
        }
        current = null;
        if (round.timeout != null) {
            round.timeout.cancel(false);
        }
        if (round.closesWindow) {
            window.close();
        }
        MetricsSnapshot snapshot = snapshot();
        latest = snapshot;
        round.waiters.forEach(waiter -> waiter.complete(snapshot));
        beginIfIdle();
    }

    private MetricsSnapshot snapshot() {
        List<LoopGauges> gauges = feeds.stream().map(feed -> feed.gauges).toList();
        return new MetricsSnapshot(
                distributions(series),
                window.latencies(),
                window.failureRates(),
                MetricsSnapshot.Totals.of(gauges),
                MetricsSnapshot.PoolTotals.of(gauges),
                distributions(timings),
                MetricsSnapshot.StreamTotals.of(gauges),
                MetricsSnapshot.MessageTotals.of(gauges),
                MetricsSnapshot.tls(gauges),
                MetricsSnapshot.http2Of(gauges),
                MetricsSnapshot.ListenerTotals.of(gauges),
                MetricsSnapshot.tcpOf(gauges),
                MetricsSnapshot.entrancesOf(gauges),
                sessions.distribution(),
                clock.nanoTime());
    }

    private static <K> Map<K, Distribution> distributions(Map<K, Accumulator> accumulators) {
        Map<K, Distribution> distributions = new HashMap<>();
        accumulators.forEach((key, accumulator) -> distributions.put(key, accumulator.distribution()));
        return distributions;
    }

    /**
     * A loop and its recorders.
     *
     * @param loop runs what it is given on the thread that owns the recorders
     */
    public record Source(Executor loop, LoopMetrics metrics) {}

    /** What control knows of one loop. */
    private static final class Feed {
        private final Source source;
        private List<Interval> emptied = List.of();
        private LoopGauges gauges = LoopGauges.NONE;
        /** The round whose question is under way; null if none is. */
        private @Nullable Round askedBy;

        Feed(Source source) {
            this.source = source;
        }
    }

    private static final class Round {
        private final List<CompletableFuture<MetricsSnapshot>> waiters = new ArrayList<>();
        private final Set<Feed> missing = new HashSet<>();
        private boolean closesWindow;
        private @Nullable Future<?> timeout;
    }
}
