package dev.outrigger.app;

import dev.outrigger.cache.CacheOverview;
import dev.outrigger.cache.ResponseStore;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.runtime.Snapshot;
import dev.outrigger.runtime.SnapshotCompiler;
import dev.outrigger.runtime.Switches;
import dev.outrigger.runtime.Worker;
import dev.outrigger.upstream.HealthChecker;
import dev.outrigger.upstream.Upstream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * What serves requests: the snapshot in force, the workers that hold it, and the checks of its upstreams.
 *
 * <p>A snapshot is in force when every worker has adopted it. New endpoints are checked first, so that a replica which does
 * not work yet gets no request only because nobody has looked.
 */
final class DataPlane implements Reloadable {
    private static final Logger LOG = System.getLogger(DataPlane.class.getName());
    /** A check that hangs must not keep a configuration from coming into force: the endpoint counts as healthy until known. */
    private static final long FIRST_CHECKS_MARGIN_MILLIS = 250;
    /** A loop that is busy for so long is in trouble; it adopts the snapshot when it gets to it. */
    private static final long ADOPT_WITHIN_MILLIS = 5000;

    private final SnapshotCompiler compiler;
    private final List<Worker> workers;
    private final HealthChecker health;
    private volatile Snapshot snapshot;
    /** What the snapshot was compiled from. */
    private ProxyConfig config;

    /** @param first what {@code config} was compiled to, and the workers were made with */
    DataPlane(
            SnapshotCompiler compiler, ProxyConfig config, Snapshot first, List<Worker> workers, HealthChecker health) {
        this.compiler = compiler;
        this.config = config;
        this.snapshot = first;
        this.workers = List.copyOf(workers);
        this.health = health;
    }

    /** The one in force. */
    Snapshot snapshot() {
        return snapshot;
    }

    List<Worker> workers() {
        return workers;
    }

    /** Those of the configuration in force. */
    List<Upstream> upstreams() {
        return snapshot.upstreams();
    }

    /** What the routes of the configuration in force keep of their answers. */
    private Collection<ResponseStore> stores() {
        return snapshot.stores().values();
    }

    /** All that is kept of answers, to be looked at. */
    CacheOverview caches() {
        return new CacheOverview(this::stores, compiler.ledger());
    }

    /** Begins to check the upstreams and waits for the first results, if they come in time. */
    void awaitFirstChecks() {
        await(health.reconcile(upstreams()), config);
    }

    @Override
    public Prepared prepare(ProxyConfig next) {
        Snapshot before = snapshot;
        if (next.equals(config)) {
            return Prepared.of(() -> switchTo(Switches.of(next.telemetry())));
        }
        Snapshot after = compiler.compile(next, before);
        await(health.reconcile(after.upstreams()), next);
        return new Prepared() {
            @Override
            public void commit() {
                config = next;
                publish(after);
                SnapshotCompiler.commit(before, after);
            }

            @Override
            public void abandon() {
                health.reconcile(before.upstreams());
            }
        };
    }

    /** Puts other switches into force, with everything else as it is. */
    void switchTo(Switches switches) {
        publish(snapshot.with(switches));
    }

    private void publish(Snapshot next) {
        snapshot = next;
        onEveryLoop(worker -> worker.adopt(next));
    }

    /** Does something on each worker's loop, and waits until all have. What the loops were doing before is over then. */
    void onEveryLoop(Consumer<Worker> action) {
        CompletableFuture<?>[] done = workers.stream()
                .map(worker -> {
                    try {
                        return CompletableFuture.runAsync(() -> action.accept(worker), worker.loop());
                    } catch (RejectedExecutionException e) {
                        LOG.log(Level.DEBUG, "a loop has ended", e);
                        return CompletableFuture.completedFuture(null);
                    }
                })
                .toArray(CompletableFuture<?>[]::new);
        if (!waitFor(CompletableFuture.allOf(done), ADOPT_WITHIN_MILLIS)) {
            LOG.log(Level.WARNING, "a worker is busy for more than " + ADOPT_WITHIN_MILLIS + " ms, going on without");
        }
    }

    private static void await(CompletionStage<Void> checks, ProxyConfig config) {
        long longestMillis = config.upstreams().stream()
                .map(UpstreamConfig::healthCheck)
                .mapToLong(check -> check.timeout().toMillis())
                .max()
                .orElse(0);
        if (!waitFor(checks.toCompletableFuture(), longestMillis + FIRST_CHECKS_MARGIN_MILLIS)) {
            LOG.log(Level.WARNING, "the first health checks are not done, going on without");
        }
    }

    private static boolean waitFor(CompletableFuture<Void> done, long millis) {
        try {
            done.get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            LOG.log(Level.ERROR, "defect while a configuration came into force", e.getCause());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Forgets what has expired. */
    void sweep() {
        upstreams().forEach(upstream -> upstream.memory().sweep());
        stores().forEach(ResponseStore::sweep);
    }

    /** Ends the checks, all sessions, and connections to upstreams as far as they are idle. */
    void close() {
        health.stop();
        upstreams().forEach(upstream -> upstream.memory().close());
        onEveryLoop(Worker::closePools);
    }
}
