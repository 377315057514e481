package dev.outrigger.app;

import dev.outrigger.admin.AdminGuards;
import dev.outrigger.admin.AdminRoutes;
import dev.outrigger.admin.AppClient;
import dev.outrigger.admin.MergedMetrics;
import dev.outrigger.admin.OpsGuard;
import dev.outrigger.admin.OpsLimits;
import dev.outrigger.admin.OpsRoutes;
import dev.outrigger.admin.OpsServer;
import dev.outrigger.admin.ProbeEndpoints;
import dev.outrigger.admin.Readiness;
import dev.outrigger.admin.SidecarHealth;
import dev.outrigger.admin.StatusRoutes;
import dev.outrigger.admin.TelemetryHealth;
import dev.outrigger.config.load.LoadResult.Loaded;
import dev.outrigger.config.model.HostPort;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.exchange.ExchangeFactory;
import dev.outrigger.exchange.TcpRelays;
import dev.outrigger.listener.Entrances;
import dev.outrigger.listener.ListenerSet;
import dev.outrigger.listener.WorkerEntrance;
import dev.outrigger.record.LoopMetrics;
import dev.outrigger.record.ToolNames;
import dev.outrigger.record.TraceContext;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.runtime.Snapshot;
import dev.outrigger.runtime.SnapshotCompiler;
import dev.outrigger.runtime.Worker;
import dev.outrigger.telemetry.HistogramSampler;
import dev.outrigger.telemetry.JsonLogHandler;
import dev.outrigger.telemetry.MetricsExposition;
import dev.outrigger.telemetry.PrometheusCollector;
import dev.outrigger.telemetry.WallClock;
import dev.outrigger.time.NanoClock;
import dev.outrigger.transport.EventLoops;
import dev.outrigger.transport.TlsTable;
import dev.outrigger.transport.UpstreamConnector;
import dev.outrigger.upstream.DnsDiscovery;
import dev.outrigger.upstream.HealthChecker;
import dev.outrigger.warmup.WarmUp;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Every {@code new} of the running system, bottom floor first. What is made here is not started: {@link Sidecar} does that.
 */
final class ProxyAssembly {
    private static final Logger LOG = System.getLogger(ProxyAssembly.class.getName());
    /** How long the loops may take to end; they have nothing left to do by then. */
    private static final long LOOPS_END_MILLIS = 1000;
    /** In which a loop hears of the ends of its last connections; io_uring reports a close after it was asked for. */
    private static final long LOOPS_QUIET_MILLIS = 50;

    /** How late an idle session may be noticed to have expired, if nothing else happens. */
    private static final long SWEEP_SECONDS = 1;
    /** How often the monotonic clock is set against the time of day, which others may correct. */
    private static final long ANCHOR_SECONDS = 60;

    private final ConfigSource source;
    private final ProxyConfig config;
    private final BuildInfo build;
    private final JsonLogHandler log;
    private final Runnable requestStop;
    private final NanoClock clock = NanoClock.SYSTEM;
    private final long startNanos = clock.nanoTime();
    private final WallClock wall = new WallClock(clock, Clock.systemUTC());
    private final SplittableRandom random = new SplittableRandom();
    private final Readiness readiness = new Readiness();
    /** Everything that is nobody's request: sampling, bounds of what is remembered. */
    private final ScheduledExecutorService control =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("outrigger-control", true));

    private final ExecutorService changes =
            Executors.newSingleThreadExecutor(new DefaultThreadFactory("outrigger-config", true));
    private final EventLoops loops;
    private final EventLoopGroup workerLoops;
    private final EventLoopGroup opsLoops;
    private final DnsAddressResolverGroup resolver;
    private final TlsTable tls;
    private final ToolNames toolNames;
    private final DataPlane dataPlane;
    private final Observers observers;
    private final DeadLetters deadLetters;
    private final Metrics metrics;
    /** Made last, because it holds everything that it changes; asked only once all is made. */
    private volatile @Nullable RunningConfig running;

    private ProxyAssembly(
            ConfigSource source, Loaded loaded, BuildInfo build, JsonLogHandler log, Runnable requestStop) {
        this.source = source;
        this.config = loaded.config();
        this.build = build;
        this.log = log;
        this.requestStop = requestStop;
        this.loops = EventLoops.probe(config.runtime().transport());
        this.workerLoops = loops.open(workerCount(config), "outrigger-worker");
        this.opsLoops = loops.open(1, "outrigger-ops");
        this.resolver =
                new DnsAddressResolverGroup(new DnsNameResolverBuilder().datagramChannelType(loops.datagramChannel()));
        this.tls = TlsFiles.table(clock);
        this.toolNames = new ToolNames(config.mcp().maxToolLabels());
        this.dataPlane = dataPlane();
        this.observers = new Observers(build.version(), wall, () -> dataPlane.onEveryLoop(worker -> {}));
        this.deadLetters = new DeadLetters(wall, () -> dataPlane.onEveryLoop(worker -> {}));
        this.metrics = metrics();
    }

    /**
     * @param source read again at each reload
     * @param loaded what it gave at first
     * @param log the application log, whose levels are changed with the configuration
     * @param requestStop begins the stop of the process; must not block
     * @throws IllegalStateException if the machine lacks what the configuration asks for
     */
    static Sidecar assemble(
            ConfigSource source, Loaded loaded, BuildInfo build, JsonLogHandler log, Runnable requestStop) {
        return new ProxyAssembly(source, loaded, build, log, requestStop).sidecar();
    }

    private static int workerCount(ProxyConfig config) {
        int wanted = config.runtime().workers();
        return wanted > 0 ? wanted : Runtime.getRuntime().availableProcessors();
    }

    private DataPlane dataPlane() {
        SnapshotCompiler compiler = new SnapshotCompiler(
                (breaker, from, to, why) -> LOG.log(
                        Level.WARNING,
                        "breaker " + breaker.name() + ": " + from.label() + " to " + to.label() + ", " + why),
                control,
                clock,
                this::onSessionEnd);
        Snapshot first = compiler.compile(config, null);
        List<Worker> workers = new ArrayList<>();
        for (EventExecutor executor : workerLoops) {
            workers.add(worker((EventLoop) executor, first));
        }
        HealthChecker health =
                new HealthChecker(opsLoops.next(), loops, resolver, tls, random.split(), clock, InstantSource.system());
        DnsDiscovery discovery = new DnsDiscovery(opsLoops.next(), loops, this::onLookup);
        return new DataPlane(compiler, config, first, workers, health, discovery);
    }

    private void onLookup(String upstream, DnsDiscovery.Result result) {
        dataPlane.onLookup(upstream, result);
        running().onLookup();
    }

    private Worker worker(EventLoop loop, Snapshot first) {
        RandomGenerator own = random.split();
        LoopTimers timers =
                new LoopTimers(clock, (tick, delayNanos) -> loop.schedule(tick, delayNanos, TimeUnit.NANOSECONDS));
        LoopMetrics recorders = new LoopMetrics();
        return new Worker(
                loop,
                workerCount(config),
                clock,
                timers,
                recorders,
                toolNames.newCache(),
                new TraceContext(config.telemetry().tracing().sample(), own),
                new UpstreamConnector(loop, loops, resolver, timers, clock, tls, recorders),
                own,
                first);
    }

    private Metrics metrics() {
        HistogramSampler sampler = new HistogramSampler(
                control,
                dataPlane.workers().stream()
                        .map(worker -> new HistogramSampler.Source(worker.loop(), worker.metrics()))
                        .toList(),
                config.telemetry().prometheus().quantileWindow(),
                clock,
                wall);
        PrometheusCollector collector = new PrometheusCollector(new PrometheusCollector.Sources(
                dataPlane::upstreams,
                dataPlane::breakersInMetrics,
                tls::certificates,
                () -> dataPlane.everyUpstream().stream()
                        .mapToLong(upstream -> upstream.sessions().size())
                        .sum(),
                drops(),
                () -> running().figures(),
                ProxyAssembly::directMemoryBytes,
                new PrometheusCollector.Build(
                        build.version(), build.commit(), System.getProperty("java.version", "unknown")),
                clock,
                startNanos,
                () -> dataPlane.snapshot().limiters(),
                dataPlane.caches(),
                () -> dataPlane.snapshot().shifts()));
        return new Metrics(control, sampler, new MetricsExposition(sampler, collector, wall), toolNames);
    }

    private Map<String, LongSupplier> drops() {
        Map<String, LongSupplier> drops = new HashMap<>(observers.drops());
        drops.put("dead_letters", deadLetters.dropped());
        drops.put("log", log::dropped);
        drops.put("tool_labels", toolNames::folded);
        return drops;
    }

    private static long directMemoryBytes() {
        return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider allocator
                ? allocator.metric().usedDirectMemory()
                : 0;
    }

    private Sidecar sidecar() {
        TlsFiles tlsFiles = new TlsFiles(tls);
        Listeners listeners = new Listeners(listenerSet(), config.lifecycle().handOver());
        OpsPort status = opsPort(next -> next.status().bind(), next -> List.of(), this::statusServer);
        OpsPort admin = opsPort(next -> next.admin().bind(), next -> AdminGuards.of(next.admin()), this::adminServer);
        RunningConfig configInForce = new RunningConfig(
                source,
                config,
                List.of(tlsFiles, observers, deadLetters, metrics, status, admin, listeners, dataPlane),
                dataPlane,
                observers,
                log,
                changes,
                InstantSource.system(),
                requestStop);
        running = configInForce;
        return new Sidecar(
                config,
                new Sidecar.Parts(
                        List.of(tlsFiles, observers, deadLetters, metrics),
                        status,
                        admin,
                        dataPlane,
                        listeners,
                        configInForce,
                        readiness,
                        loops.name() + " with " + dataPlane.workers().size() + " workers",
                        this::start,
                        new WarmUp(
                                new WarmUp.Surroundings(workerLoops, loops, resolver, control, clock, random.split())),
                        this::close));
    }

    private ListenerSet listenerSet() {
        List<WorkerEntrance> entrances = dataPlane.workers().stream()
                .map(worker -> new WorkerEntrance(
                        worker,
                        new ExchangeFactory(worker, observers.all(), deadLetters),
                        new TcpRelays(worker, observers.all())))
                .toList();
        return new ListenerSet(new Entrances(loops, workerLoops, entrances, tls, clock), control);
    }

    private OpsPort opsPort(
            Function<ProxyConfig, HostPort> bindOf, OpsPort.Guards guards, Function<OpsGuard, OpsServer> servers) {
        return new OpsPort(
                bindOf,
                guards,
                servers,
                loops.serverChannel(),
                config.lifecycle().handOver());
    }

    private OpsServer statusServer(OpsGuard guard) {
        SidecarHealth sidecar = new SidecarHealth(readiness, build.version(), clock, startNanos, this::telemetryHealth);
        AppClient application = new AppClient(opsLoops.next(), loops.socketChannel(), resolver);
        return opsServer(
                "status",
                StatusRoutes.of(
                        new MergedMetrics(
                                metrics::render,
                                () -> configInForce().telemetry().prometheus().merge(),
                                application),
                        metrics.guard(),
                        sidecar,
                        dataPlane::upstreams,
                        dataPlane.caches(),
                        new ProbeEndpoints(() -> configInForce().status().appProbes(), application)),
                guard);
    }

    private OpsServer adminServer(OpsGuard guard) {
        AdminRoutes.Sources sources = new AdminRoutes.Sources(
                metrics::render,
                dataPlane::everyUpstream,
                metrics::poolGauge,
                new LastRefused(dataPlane.workers(), wall),
                clock,
                () -> dataPlane.snapshot().limiters(),
                dataPlane.caches(),
                () -> dataPlane.snapshot().shifts());
        return opsServer("admin", AdminRoutes.of(sources, running()), guard);
    }

    private OpsServer opsServer(String name, OpsRoutes routes, OpsGuard guard) {
        return new OpsServer(
                new OpsServer.Settings(name, routes, List.of(guard), OpsLimits.DEFAULT),
                opsLoops.next(),
                loops.serverChannel());
    }

    private TelemetryHealth telemetryHealth() {
        Map<String, Long> dropped = new HashMap<>();
        drops().forEach((kind, count) -> dropped.put(kind, count.getAsLong()));
        Map<String, Long> waiting = new HashMap<>();
        observers.addWaiting(waiting);
        waiting.put("dead_letters", deadLetters.waiting());
        Map<String, Instant> last = new HashMap<>();
        metrics.lastScrape().ifPresent(at -> last.put("scrape", at));
        observers.lastExport().ifPresent(at -> last.put("export", at));
        return new TelemetryHealth(dropped, waiting, last);
    }

    private void onSessionEnd(long durationNanos) {
        metrics.onSessionEnd(durationNanos);
    }

    private ProxyConfig configInForce() {
        return running().state().config();
    }

    private RunningConfig running() {
        return Objects.requireNonNull(running);
    }

    private void start() {
        metrics.start();
        control.scheduleAtFixedRate(wall::anchor, ANCHOR_SECONDS, ANCHOR_SECONDS, TimeUnit.SECONDS);
        control.scheduleWithFixedDelay(dataPlane::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
        control.scheduleWithFixedDelay(
                () -> dataPlane.moveTraffic(clock), SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
        OverloadWatch overload = new OverloadWatch(
                dataPlane.snapshot().limiters().guard(), dataPlane.workers(), ProxyAssembly::directMemoryBytes, clock);
        control.scheduleWithFixedDelay(
                overload::look, OverloadWatch.PERIOD_MILLIS, OverloadWatch.PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        control.scheduleWithFixedDelay(tls::renewTickets, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
    }

    private void close() {
        metrics.close();
        observers.close();
        deadLetters.close();
        resolver.close();
        workerLoops.shutdownGracefully(LOOPS_QUIET_MILLIS, LOOPS_END_MILLIS, TimeUnit.MILLISECONDS);
        opsLoops.shutdownGracefully(LOOPS_QUIET_MILLIS, LOOPS_END_MILLIS, TimeUnit.MILLISECONDS);
        workerLoops.terminationFuture().awaitUninterruptibly(LOOPS_END_MILLIS);
        opsLoops.terminationFuture().awaitUninterruptibly(LOOPS_END_MILLIS);
        control.shutdownNow();
    }
}
