package dev.outrigger.app;

import dev.outrigger.admin.RefusalSource;
import dev.outrigger.record.LastRefusals;
import dev.outrigger.runtime.Worker;
import dev.outrigger.telemetry.WallClock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Asks each worker, on its loop, for the requests that it refused last. A loop that has no time is left out. */
final class LastRefused implements RefusalSource {
    private static final long LOOP_TIMEOUT_MILLIS = 1000;

    private final List<Worker> workers;
    private final WallClock wall;

    LastRefused(List<Worker> workers, WallClock wall) {
        this.workers = List.copyOf(workers);
        this.wall = wall;
    }

    @Override
    public CompletionStage<List<Refusal>> last() {
        List<CompletableFuture<List<LastRefusals.Entry>>> asked =
                workers.stream().map(LastRefused::ask).toList();
        return CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> asked.stream()
                        .flatMap(answer -> answer.join().stream())
                        .map(this::timed)
                        .sorted(Comparator.comparing(Refusal::at).reversed())
                        .toList());
    }

    private static CompletableFuture<List<LastRefusals.Entry>> ask(Worker worker) {
        try {
            return CompletableFuture.supplyAsync(
                            () -> worker.metrics().lastRefusals().entries(), worker.loop())
                    .completeOnTimeout(List.of(), LOOP_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // The process ends.
            return CompletableFuture.completedFuture(List.of());
        }
    }

    private Refusal timed(LastRefusals.Entry entry) {
        long epochMillis = wall.epochMillis(entry.request().atNanos());
        return new Refusal(Instant.ofEpochMilli(epochMillis), entry.listener(), entry.request());
    }
}
