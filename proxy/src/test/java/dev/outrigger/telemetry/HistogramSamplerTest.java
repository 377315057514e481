package dev.outrigger.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.record.CloseReason;
import dev.outrigger.record.LoopMetrics;
import dev.outrigger.record.Records;
import dev.outrigger.record.RefusalReason;
import dev.outrigger.record.SeriesKey;
import dev.outrigger.record.StreamKey;
import dev.outrigger.record.StreamKind;
import dev.outrigger.record.StreamRecorder;
import dev.outrigger.record.TimingKey;
import dev.outrigger.testing.Await;
import dev.outrigger.time.ManualClock;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class HistogramSamplerTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration NEVER = Duration.ofDays(1);
    private static final int RECORDS = 200_000;

    private final ManualClock clock = new ManualClock();
    private final WallClock wall = new WallClock(clock, Clock.systemUTC());
    private final ScheduledExecutorService control = Executors.newSingleThreadScheduledExecutor();
    private final LoopMetrics metrics = new LoopMetrics();

    @AfterEach
    void stop() {
        control.shutdownNow();
    }

    @Test
    void countsAddUpOverLoopsAndScrapes() {
        LoopMetrics other = new LoopMetrics();
        HistogramSampler sampler = sampler(NEVER, at(Runnable::run, metrics), at(Runnable::run, other));
        metrics.onFinish(Records.toolCall("echo", Duration.ofMillis(2)));
        other.onFinish(Records.toolCall("echo", Duration.ofMillis(4)));
        assertEquals(2, total(TelemetryFixture.await(sampler.collect())));
        other.onFinish(Records.toolCall("echo", Duration.ofMillis(6)));

        MetricsSnapshot snapshot = TelemetryFixture.await(sampler.collect());

        assertEquals(1, snapshot.series().size());
        Distribution echo = snapshot.series().values().iterator().next();
        assertEquals(3, echo.count());
        assertEquals(0.012, echo.sumSeconds(), 1e-9);
    }

    @Test
    void aSnapshotDoesNotChangeAfterwards() {
        HistogramSampler sampler = sampler(NEVER, at(Runnable::run, metrics));
        metrics.onFinish(Records.toolCall("echo", Duration.ofMillis(2)));
        MetricsSnapshot first = TelemetryFixture.await(sampler.collect());
        metrics.onFinish(Records.toolCall("echo", Duration.ofMillis(2)));
        MetricsSnapshot second = TelemetryFixture.await(sampler.collect());

        assertEquals(1, total(first));
        assertEquals(2, total(second));
        assertEquals(second, sampler.latest());
    }

    @Test
    void gaugesAreSummedOverTheLoops() {
        LoopMetrics other = new LoopMetrics();
        HistogramSampler sampler = sampler(NEVER, at(Runnable::run, metrics), at(Runnable::run, other));
        metrics.downstreamConnections = 2;
        other.downstreamConnections = 3;
        metrics.listener("inbound").closed(CloseReason.IDLE);
        other.listener("inbound").closed(CloseReason.IDLE);
        other.listener("inbound").refused(Records.refused(RefusalReason.HOST));
        metrics.upstream("app").connections = 4;
        metrics.upstream("app").idle = 1;
        other.upstream("app").connections = 5;
        other.upstream("standby").connects = 6;

        MetricsSnapshot snapshot = TelemetryFixture.await(sampler.collect());

        assertEquals(5, snapshot.totals().downstreamConnections());
        assertEquals(2, snapshot.listeners().get("inbound").closed().get(CloseReason.IDLE));
        assertEquals(1, snapshot.listeners().get("inbound").refused().get(RefusalReason.HOST));
        assertEquals(0, snapshot.listeners().get("inbound").refused().get(RefusalReason.SYNTAX));
        assertEquals(9, snapshot.pools().get("app").connections());
        assertEquals(1, snapshot.pools().get("app").idle());
        assertEquals(6, snapshot.pools().get("standby").connects());
    }

    @Test
    void streamsAndMessagesAreSummedOverTheLoops() {
        LoopMetrics other = new LoopMetrics();
        HistogramSampler sampler = sampler(NEVER, at(Runnable::run, metrics), at(Runnable::run, other));
        for (LoopMetrics loop : List.of(metrics, other)) {
            StreamRecorder stream = loop.stream("app", StreamKind.CALL);
            stream.opened();
            stream.event();
            stream.closed(2_000_000);
            stream.opened();
            loop.messages("app").clientRequests = 3;
        }
        other.messages("standby").serverErrors = 1;

        MetricsSnapshot snapshot = TelemetryFixture.await(sampler.collect());
        TelemetryFixture.await(sampler.collect());

        StreamKey calls = new StreamKey("app", StreamKind.CALL);
        assertEquals(
                new MetricsSnapshot.StreamTotals(2, 4, 2), snapshot.streams().get(calls));
        assertEquals(6, snapshot.messages().get("app").clientRequests());
        assertEquals(1, snapshot.messages().get("standby").serverErrors());
        Distribution durations =
                snapshot.timings().get(new TimingKey(TimingKey.Measure.STREAM, "app", StreamKind.CALL));
        assertEquals(2, durations.count());
        assertEquals(0.004, durations.sumSeconds(), 1e-9);
        assertEquals(snapshot.timings().keySet(), sampler.latest().timings().keySet(), "they stay");
    }

    @Test
    void endedSessionsAreInTheNextSnapshot() throws InterruptedException, ExecutionException {
        HistogramSampler sampler = sampler(NEVER, at(Runnable::run, metrics));
        MetricsSnapshot before = TelemetryFixture.await(sampler.collect());
        control.submit(() -> sampler.sessionDurations().accept(7_200_000_000_000L))
                .get();

        MetricsSnapshot after = TelemetryFixture.await(sampler.collect());

        assertEquals(0, before.sessions().count());
        assertEquals(1, after.sessions().count());
        assertEquals(7200, after.sessions().sumSeconds());
    }

    @Test
    void aLoopThatDoesNotAnswerIsLeftOutAndItsDataComeLater() {
        StuckLoop stuck = new StuckLoop();
        LoopMetrics behind = new LoopMetrics();
        HistogramSampler sampler = sampler(NEVER, at(Runnable::run, metrics), at(stuck, behind));
        metrics.onFinish(Records.toolCall("echo", Duration.ofMillis(2)));
        behind.onFinish(Records.toolCall("echo", Duration.ofMillis(2)));
        behind.connectionsAccepted = 5;

        MetricsSnapshot without = TelemetryFixture.await(sampler.collect());
        MetricsSnapshot stillWithout = TelemetryFixture.await(sampler.collect());
        stuck.runAll();
        behind.onFinish(Records.toolCall("echo", Duration.ofMillis(2)));
        stuck.runAtOnce();
        MetricsSnapshot with = TelemetryFixture.await(sampler.collect());

        assertEquals(1, total(without));
        assertEquals(1, total(stillWithout));
        assertEquals(1, stuck.posted, "a loop is asked once until it answers");
        assertEquals(3, total(with));
        assertEquals(5, with.totals().connectionsAccepted());
    }

    @Test
    void anAnswerToAnEarlierQuestionIsNotTakenForThisOne() {
        StuckLoop stuck = new StuckLoop();
        HistogramSampler sampler = sampler(NEVER, at(stuck, metrics));
        TelemetryFixture.await(sampler.collect());
        metrics.onFinish(Records.toolCall("echo", Duration.ofMillis(2)));
        CompletableFuture<MetricsSnapshot> second = sampler.collect().toCompletableFuture();
        Await.until("the round has begun", LIMIT, () -> isIdle(control));
        stuck.runAll();
        // The first answer is taken; what is recorded now belongs to the round under way.
        metrics.onFinish(Records.toolCall("echo", Duration.ofMillis(2)));
        Await.until("the loop was asked again", LIMIT, () -> stuck.posted == 2);
        stuck.runAll();

        assertEquals(2, total(TelemetryFixture.await(second)));
    }

    @Test
    void aLoopThatHasEndedIsNotWaitedFor() {
        HistogramSampler sampler = sampler(
                NEVER,
                at(Runnable::run, metrics),
                at(
                        task -> {
                            throw new RejectedExecutionException("ended");
                        },
                        new LoopMetrics()));
        metrics.onFinish(Records.toolCall("echo", Duration.ofMillis(2)));

        assertEquals(1, total(TelemetryFixture.await(sampler.collect())));
    }

    @Test
    void collectingFailsOnceControlHasEnded() {
        HistogramSampler sampler = sampler(NEVER, at(Runnable::run, metrics));
        control.shutdownNow();

        CompletableFuture<MetricsSnapshot> snapshot = sampler.collect().toCompletableFuture();

        assertThrows(CompletionException.class, snapshot::join);
    }

    @Test
    void windowsCloseByThemselves() {
        ExecutorService loop = Executors.newSingleThreadExecutor();
        HistogramSampler sampler = sampler(Duration.ofMillis(20), at(loop, metrics));
        sampler.start();

        Await.until("a window with traffic was closed", LIMIT, () -> {
            loop.execute(() -> metrics.onFinish(Records.toolCall("echo", Duration.ofMillis(2))));
            return !sampler.latest().latencies().isEmpty();
        });
        Await.until("a window without was closed", LIMIT, () -> sampler.latest()
                .latencies()
                .isEmpty());
        sampler.close();
        loop.shutdown();
    }

    @Test
    void totalsAreExactWhileLoopsRecordAndScrapersScrape() throws InterruptedException, ExecutionException {
        ExecutorService loops = Executors.newFixedThreadPool(2);
        ExecutorService[] owners = {Executors.newSingleThreadExecutor(), Executors.newSingleThreadExecutor()};
        LoopMetrics[] recorders = {new LoopMetrics(), new LoopMetrics()};
        HistogramSampler sampler =
                sampler(Duration.ofMillis(5), at(owners[0], recorders[0]), at(owners[1], recorders[1]));
        sampler.start();
        List<Future<?>> work = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            recordInSlices(owners[i], recorders[i], RECORDS / 2, work);
        }
        for (int i = 0; i < 2; i++) {
            work.add(loops.submit(() -> scrapeUntilAllIsThere(sampler)));
        }
        for (Future<?> part : work) {
            part.get();
        }
        MetricsSnapshot last = TelemetryFixture.await(sampler.collect());
        sampler.close();
        loops.shutdown();
        owners[0].shutdown();
        owners[1].shutdown();

        assertEquals(RECORDS, total(last));
        assertEquals(100, last.series().size());
        for (Distribution series : last.series().values()) {
            assertEquals(RECORDS / 100, series.count());
            assertEquals(RECORDS / 100 * 0.003, series.sumSeconds(), 1e-6);
        }
    }

    /** In many tasks, so that hand-overs come in between. */
    private static void recordInSlices(ExecutorService owner, LoopMetrics recorder, int count, List<Future<?>> work) {
        for (int from = 0; from < count; from += 500) {
            int first = from;
            work.add(owner.submit(() -> {
                for (int i = first; i < first + 500; i++) {
                    recorder.onFinish(Records.toolCall("tool-" + i % 100, Duration.ofMillis(3)));
                }
            }));
        }
    }

    private static void scrapeUntilAllIsThere(HistogramSampler sampler) {
        Map<SeriesKey, Long> before = new HashMap<>();
        long seen = 0;
        while (seen < RECORDS) {
            MetricsSnapshot snapshot = TelemetryFixture.await(sampler.collect());
            snapshot.series().forEach((key, series) -> {
                Long earlier = before.put(key, series.count());
                assertTrue(earlier == null || earlier <= series.count(), "a counter went backwards");
            });
            seen = total(snapshot);
            assertFalse(seen > RECORDS, "counted twice");
        }
    }

    private static boolean isIdle(ScheduledExecutorService control) {
        try {
            control.submit(() -> {}).get();
            return true;
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private static long total(MetricsSnapshot snapshot) {
        return snapshot.series().values().stream()
                .mapToLong(Distribution::count)
                .sum();
    }

    @Test
    void theLengthOfAWindowCanBeChangedWhileItIsOpen() {
        HistogramSampler sampler = sampler(NEVER, at(Runnable::run, metrics));
        sampler.start();
        metrics.onFinish(Records.toolCall("echo", Duration.ofMillis(2)));
        assertEquals(List.of(), TelemetryFixture.await(sampler.collect()).latencies());

        sampler.window(Duration.ofMillis(200));

        Await.until("a window has closed", LIMIT, () -> !sampler.latest()
                .latencies()
                .isEmpty());
        sampler.window(NEVER);
        sampler.close();
    }

    @Test
    void aLengthThatIsSetBeforeTheStartHoldsFromThere() {
        HistogramSampler sampler = sampler(NEVER, at(Runnable::run, metrics));
        metrics.onFinish(Records.toolCall("echo", Duration.ofMillis(2)));
        sampler.window(Duration.ofMillis(200));
        sampler.start();

        Await.until("a window has closed", LIMIT, () -> !sampler.latest()
                .latencies()
                .isEmpty());
        sampler.close();
    }

    private HistogramSampler sampler(Duration window, HistogramSampler.Source... sources) {
        return new HistogramSampler(control, List.of(sources), window, clock, wall);
    }

    private static HistogramSampler.Source at(Executor loop, LoopMetrics metrics) {
        return new HistogramSampler.Source(loop, metrics);
    }

    /** Keeps its tasks until it is told to run them. */
    private static final class StuckLoop implements Executor {
        private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
        private volatile boolean atOnce;
        private volatile int posted;

        @Override
        public void execute(Runnable task) {
            if (atOnce) {
                task.run();
                return;
            }
            posted = posted + 1;
            tasks.add(task);
        }

        void runAll() {
            Deque<Runnable> waiting = new ArrayDeque<>(tasks);
            tasks.clear();
            waiting.forEach(Runnable::run);
        }

        void runAtOnce() {
            atOnce = true;
        }
    }
}
