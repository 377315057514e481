package dev.outrigger.app;

import dev.outrigger.cache.CacheOverview;
import dev.outrigger.cache.ResponseStore;
import dev.outrigger.config.load.Shares;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.runtime.Destinations;
import dev.outrigger.runtime.Originals;
import dev.outrigger.runtime.Snapshot;
import dev.outrigger.runtime.SnapshotCompiler;
import dev.outrigger.runtime.Switches;
import dev.outrigger.runtime.Worker;
import dev.outrigger.time.NanoClock;
import dev.outrigger.upstream.DnsDiscovery;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

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
    /** A look-up may ask for services, then for IPv4 and IPv6 addresses. */
    private static final long LOOKUP_QUESTIONS = 3;
    /** A loop that is busy for so long is in trouble; it adopts the snapshot when it gets to it. */
    private static final long ADOPT_WITHIN_MILLIS = 5000;

    private final SnapshotCompiler compiler;
    private final List<Worker> workers;
    private final HealthChecker health;
    private final DnsDiscovery discovery;
    private volatile Snapshot snapshot;
    /** What the snapshot was compiled from. */
    private ProxyConfig config;

    /** @param first what {@code config} was compiled to, and the workers were made with */
    DataPlane(
            SnapshotCompiler compiler,
            ProxyConfig config,
            Snapshot first,
            List<Worker> workers,
            HealthChecker health,
            DnsDiscovery discovery) {
        this.discovery = discovery;
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

    /** The same, and the destinations of redirected connections that no configuration names. */
    List<Upstream> everyUpstream() {
        return Stream.concat(upstreams().stream(), originals().stream()).toList();
    }

    /** The destinations of redirected connections that no configuration names. */
    private List<Upstream> originals() {
        return snapshot.interception().known();
    }

    /** Those whose state is worth a series: of destinations without a configuration, which may be many, only ones that have failed. */
    List<CircuitBreaker> breakersInMetrics() {
        Stream<CircuitBreaker> failed = originals().stream()
                .map(Upstream::breaker)
                .filter(breaker -> breaker.trips() > 0 || breaker.state() != CircuitBreaker.State.CLOSED);
        return Stream.concat(upstreams().stream().flatMap(Upstream::breakers), failed)
                .toList();
    }

    /** What the routes of the configuration in force keep of their answers. */
    private Collection<ResponseStore> stores() {
        return snapshot.stores().values();
    }

    /** All that is kept of answers, to be looked at. */
    CacheOverview caches() {
        return new CacheOverview(this::stores, compiler.ledger());
    }

    /** Begins to look up and to check the upstreams, and waits for the first results, if they come in time. */
    void begin() {
        awaitLookups(config);
        takeFound(snapshot);
        await(health.reconcile(upstreams()), config);
    }

    /**
     * Takes over what the look-ups have found since.
     *
     * @return whether anything is different now
     */
    boolean follow() {
        return takeFound(snapshot);
    }

    private boolean takeFound(Snapshot before) {
        Snapshot after = compiler.compile(config, before, discovery::endpoints).with(before.switches());
        if (after.upstreams().equals(before.upstreams())) {
            return false;
        }
        await(health.reconcile(after.upstreams()), config);
        publish(after);
        SnapshotCompiler.commit(before, after);
        return true;
    }

    /** A look-up has ended. Called by the loop that does them. */
    void onLookup(String upstream, DnsDiscovery.Result result) {
        upstreams().stream()
                .filter(one -> one.name().equals(upstream))
                .map(Upstream::counts)
                .map(counts -> switch (result) {
                    case FOUND -> counts.lookupsFound;
                    case NONE -> counts.lookupsEmpty;
                    case FAILED -> counts.lookupsFailed;
                })
                .forEach(AtomicLong::incrementAndGet);
    }

    @Override
    public Prepared prepare(ProxyConfig next) {
        Snapshot before = snapshot;
        if (next.equals(config)) {
            return Prepared.of(() -> switchTo(Switches.of(next.telemetry())));
        }
        awaitLookups(next);
        Snapshot after = compiler.compile(next, before, discovery::endpoints);
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
                discovery.reconcile(config.upstreams());
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

    private void awaitLookups(ProxyConfig wanted) {
        long longestMillis = wanted.upstreams().stream()
                .flatMap(upstream -> upstream.dns().stream())
                .mapToLong(dns -> LOOKUP_QUESTIONS * dns.timeout().toMillis())
                .max()
                .orElse(0);
        CompletableFuture<Void> first = discovery.reconcile(wanted.upstreams()).toCompletableFuture();
        if (longestMillis > 0 && !waitFor(first, longestMillis)) {
            LOG.log(Level.WARNING, "the first look-ups of names are not done, going on without");
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

    /** Makes the steps of shifts that are due. */
    void moveTraffic(NanoClock clock) {
        for (Destinations.Shifting shifting : snapshot.shifts()) {
            shifting.tick(clock.nanoTime())
                    .ifPresent(change -> LOG.log(
                            change.aborted() ? Level.WARNING : Level.INFO,
                            "shift of " + shifting.shift().route() + ": " + change.why() + ", "
                                    + shifting.to().name() + " gets " + Shares.format(change.share())));
        }
    }

    /** Forgets what has expired. */
    void sweep() {
        everyUpstream().forEach(upstream -> upstream.memory().sweep());
        Originals originals = snapshot.interception().originals();
        if (originals != null && originals.sweep()) {
            workers.forEach(DataPlane::tell);
        }
        stores().forEach(ResponseStore::sweep);
    }

    private static void tell(Worker worker) {
        try {
            worker.loop().execute(worker::followOriginals);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "a loop has ended", e);
        }
    }

    /** Ends the checks, all sessions, and connections to upstreams as far as they are idle. */
    void close() {
        discovery.stop();
        health.stop();
        everyUpstream().forEach(upstream -> upstream.memory().close());
        onEveryLoop(Worker::closePools);
    }
}
