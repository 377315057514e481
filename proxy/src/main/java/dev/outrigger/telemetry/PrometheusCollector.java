package dev.outrigger.telemetry;

import dev.outrigger.cache.CacheOverview;
import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.resilience.Limiters;
import dev.outrigger.runtime.Destinations;
import dev.outrigger.time.NanoClock;
import dev.outrigger.transport.OwnCertificate;
import dev.outrigger.upstream.Upstream;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes every metric family out of a snapshot and of the state of breakers and upstreams. {@code docs/metrics.md} lists them.
 *
 * <p>Families are derived here and now instead of being registered and counted up: an exchange is recorded once, whatever
 * the number of families it shows up in, and all of them agree.
 *
 * <p>Belongs to one thread at a time.
 */
public final class PrometheusCollector {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Sources sources;
    private @Nullable PrometheusRegistry jvm;

    public PrometheusCollector(Sources sources) {
        this.sources = sources;
    }

    /** All families, those of the virtual machine and the process included. */
    public MetricSnapshots collect(MetricsSnapshot snapshot) {
        List<MetricSnapshot> families = new ArrayList<>();
        addExchanges(snapshot, families);
        addStates(snapshot, families);
        addLimits(families);
        addStreams(snapshot, families);
        addListeners(snapshot, families);
        addConnections(snapshot, families);
        addTls(snapshot, families);
        addCaches(families);
        addOwn(snapshot, families);
        addConfig(families);
        jvm().scrape().forEach(families::add);
        return new MetricSnapshots(families);
    }

    /** Made for the first scrape: it wakes the virtual machine's management up, for which no start should wait. */
    private PrometheusRegistry jvm() {
        PrometheusRegistry known = jvm;
        if (known == null) {
            known = new PrometheusRegistry();
            JvmMetrics.builder().register(known);
            jvm = known;
        }
        return known;
    }

    private void addExchanges(MetricsSnapshot snapshot, List<MetricSnapshot> families) {
        ExchangeFamilies exchanges = new ExchangeFamilies();
        LatencySummary latencies = new LatencySummary();
        sources.upstreams
                .get()
                .forEach(upstream -> exchanges.expectBreaker(upstream.breaker().name()));
        snapshot.series().forEach((key, durations) -> {
            exchanges.add(key, durations);
            latencies.add(key, durations);
        });
        exchanges.emit(families::add);
        families.add(latencies.snapshot(snapshot.latencies()));
    }

    private void addStates(MetricsSnapshot snapshot, List<MetricSnapshot> families) {
        StateFamilies states = new StateFamilies();
        states.addBreakers(sources.breakers.get(), snapshot.failureRates(), sources.clock.nanoTime());
        states.addUpstreams(sources.upstreams.get());
        states.addShifts(sources.shifts.get(), sources.clock.nanoTime());
        snapshot.pools().forEach(states::addPool);
        states.emit(families::add);
    }

    private void addLimits(List<MetricSnapshot> families) {
        LimitFamilies limits = new LimitFamilies();
        limits.add(sources.limiters.get(), sources.clock.nanoTime());
        limits.emit(families::add);
    }

    private void addStreams(MetricsSnapshot snapshot, List<MetricSnapshot> families) {
        StreamFamilies streams = new StreamFamilies();
        snapshot.streams().forEach(streams::add);
        snapshot.messages().forEach(streams::add);
        snapshot.timings().forEach(streams::add);
        streams.addSessions(sources.sessionsActive.getAsLong(), snapshot.sessions());
        streams.emit(families::add);
    }

    private static void addListeners(MetricsSnapshot snapshot, List<MetricSnapshot> families) {
        ListenerFamilies listeners = new ListenerFamilies();
        snapshot.listeners().forEach(listeners::add);
        listeners.emit(families::add);
    }

    private static void addConnections(MetricsSnapshot snapshot, List<MetricSnapshot> families) {
        ConnectionFamilies connections = new ConnectionFamilies();
        snapshot.tcp().forEach(connections::add);
        snapshot.entrances().forEach(connections::add);
        snapshot.timings().forEach(connections::add);
        connections.emit(families::add);
    }

    private void addTls(MetricsSnapshot snapshot, List<MetricSnapshot> families) {
        TlsFamilies tls = new TlsFamilies();
        snapshot.tls().forEach(tls::add);
        tls.add(sources.certificates.get());
        tls.emit(families::add);
    }

    private void addOwn(MetricsSnapshot snapshot, List<MetricSnapshot> families) {
        OwnFamilies own = new OwnFamilies();
        own.add(snapshot.totals());
        snapshot.timings().forEach(own::add);
        double uptimeSeconds = (sources.clock.nanoTime() - sources.startNanos) / NANOS_PER_SECOND;
        own.add(sources.drops, sources.directMemoryBytes.getAsLong(), uptimeSeconds);
        own.emit(families::add, sources.build);
        Http2Families http2 = new Http2Families();
        snapshot.http2().forEach(http2::add);
        http2.emit(families::add);
    }

    private void addCaches(List<MetricSnapshot> families) {
        CacheFamilies caches = new CacheFamilies();
        caches.add(sources.caches);
        caches.emit(families::add);
    }

    private void addConfig(List<MetricSnapshot> families) {
        ConfigFamilies config = new ConfigFamilies();
        config.add(sources.config.get());
        config.emit(families::add);
    }

    /**
     * What is read at each scrape besides the snapshot.
     *
     * @param upstreams in any order, each name once
     * @param breakers in any order, each name once
     * @param certificates that the sidecar shows
     * @param sessionsActive open now
     * @param drops what was thrown away since the start, by the value of the label {@code kind}
     * @param config how the configuration in force fares
     * @param directMemoryBytes what the buffer allocator holds
     * @param startNanos the clock's reading when the sidecar started
     * @param limiters of the configuration in force
     * @param caches what is kept of answers
     * @param shifts of traffic from one upstream to another
     */
    public record Sources(
            Supplier<? extends Collection<Upstream>> upstreams,
            Supplier<? extends Collection<CircuitBreaker>> breakers,
            Supplier<? extends Collection<OwnCertificate>> certificates,
            LongSupplier sessionsActive,
            Map<String, LongSupplier> drops,
            Supplier<ConfigFigures> config,
            LongSupplier directMemoryBytes,
            Build build,
            NanoClock clock,
            long startNanos,
            Supplier<Limiters> limiters,
            CacheOverview caches,
            Supplier<? extends Collection<Destinations.Shifting>> shifts) {
        public Sources {
            drops = Map.copyOf(drops);
        }
    }

    /**
     * What is running.
     *
     * @param revision of the source, empty if unknown
     * @param java version of the Java virtual machine
     */
    public record Build(String version, String revision, String java) {}
}
