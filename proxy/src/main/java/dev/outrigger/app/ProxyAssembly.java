package dev.outrigger.app;

import dev.outrigger.admin.AdminGuards;
import dev.outrigger.admin.AdminRoutes;
import dev.outrigger.admin.MetricsSource;
import dev.outrigger.admin.OpsLimits;
import dev.outrigger.admin.OpsServer;
import dev.outrigger.admin.PoolGauges;
import dev.outrigger.admin.Readiness;
import dev.outrigger.admin.SidecarHealth;
import dev.outrigger.admin.StatusRoutes;
import dev.outrigger.config.load.ConfigRenderer;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.exchange.ExchangeFactory;
import dev.outrigger.listener.Listener;
import dev.outrigger.listener.WorkerEntrance;
import dev.outrigger.record.LoopMetrics;
import dev.outrigger.record.ToolNames;
import dev.outrigger.record.TraceContext;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.runtime.Snapshot;
import dev.outrigger.runtime.SnapshotCompiler;
import dev.outrigger.runtime.Worker;
import dev.outrigger.time.NanoClock;
import dev.outrigger.transport.EventLoops;
import dev.outrigger.transport.UpstreamConnector;
import dev.outrigger.upstream.HealthChecker;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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

    private final ProxyConfig config;
    private final BuildInfo build;
    private final LongSupplier droppedLogLines;
    private final NanoClock clock = NanoClock.SYSTEM;
    private final long startNanos = clock.nanoTime();
    private final SplittableRandom random = new SplittableRandom();
    private final Readiness readiness = new Readiness();
    /** Everything that is nobody's request: sampling, bounds of what is remembered. */
    private final ScheduledExecutorService control =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("outrigger-control", true));

    private final EventLoops loops;
    private final EventLoopGroup workerLoops;
    private final EventLoopGroup opsLoops;
    private final DnsAddressResolverGroup resolver;
    private final Snapshot snapshot;
    private final ToolNames toolNames;
    private volatile @Nullable TelemetryParts telemetry;

    private ProxyAssembly(ProxyConfig config, BuildInfo build, LongSupplier droppedLogLines) {
        this.config = config;
        this.build = build;
        this.droppedLogLines = droppedLogLines;
        this.loops = EventLoops.probe(config.runtime().transport());
        this.workerLoops = loops.open(workerCount(config), "outrigger-worker");
        this.opsLoops = loops.open(1, "outrigger-ops");
        this.resolver =
                new DnsAddressResolverGroup(new DnsNameResolverBuilder().datagramChannelType(loops.datagramChannel()));
        this.snapshot = new SnapshotCompiler(
                        (breaker, from, to, why) -> LOG.log(
                                Level.WARNING,
                                "breaker " + breaker.name() + ": " + from.label() + " to " + to.label() + ", " + why),
                        control,
                        clock,
                        this::onSessionEnd)
                .compile(config);
        this.toolNames = new ToolNames(config.mcp().maxToolLabels());
    }

    /**
     * @param droppedLogLines lines of the application log that were lost so far
     * @throws IOException if a file that the configuration names can not be read or written
     * @throws IllegalStateException if the machine lacks what the configuration asks for
     */
    static Sidecar assemble(ProxyConfig config, BuildInfo build, LongSupplier droppedLogLines) throws IOException {
        return new ProxyAssembly(config, build, droppedLogLines).sidecar();
    }

    private static int workerCount(ProxyConfig config) {
        int wanted = config.runtime().workers();
        return wanted > 0 ? wanted : Runtime.getRuntime().availableProcessors();
    }

    private Sidecar sidecar() throws IOException {
        List<Worker> workers = workers();
        TelemetryParts watching = new TelemetryParts(
                config, build, control, workers, toolNames, snapshot, clock, startNanos, droppedLogLines);
        telemetry = watching;
        List<WorkerEntrance> entrances = workers.stream()
                .map(worker -> new WorkerEntrance(
                        worker,
                        new ExchangeFactory(worker, config.telemetry().tracing().enabled(), watching.observers())))
                .toList();
        EventLoop ops = opsLoops.next();
        HealthChecker health =
                new HealthChecker(ops, loops.socketChannel(), resolver, random.split(), InstantSource.system());
        Sidecar.Parts parts = new Sidecar.Parts(
                statusServer(ops, watching),
                adminServer(ops, watching),
                health,
                readiness,
                snapshot.upstreams(),
                listener -> Listener.open(
                        listener,
                        entrances,
                        workerLoops,
                        loops,
                        clock,
                        new InetSocketAddress(
                                listener.bind().host(), listener.bind().port())),
                loops.name() + " with " + workers.size() + " workers",
                () -> start(watching),
                () -> close(workers, watching));
        return new Sidecar(config, parts);
    }

    private List<Worker> workers() {
        List<Worker> workers = new ArrayList<>();
        int count = workerCount(config);
        for (EventExecutor executor : workerLoops) {
            workers.add(worker((EventLoop) executor, count));
        }
        return workers;
    }

    private Worker worker(EventLoop loop, int count) {
        RandomGenerator own = random.split();
        LoopTimers timers =
                new LoopTimers(clock, (tick, delayNanos) -> loop.schedule(tick, delayNanos, TimeUnit.NANOSECONDS));
        return new Worker(
                loop,
                count,
                clock,
                timers,
                new LoopMetrics(),
                toolNames.newCache(),
                new TraceContext(config.telemetry().tracing().sample(), own),
                new UpstreamConnector(loop, loops, resolver, clock),
                own,
                snapshot);
    }

    private OpsServer statusServer(EventLoop ops, TelemetryParts telemetry) {
        SidecarHealth sidecar = new SidecarHealth(readiness, build.version(), clock, startNanos, telemetry::health);
        return new OpsServer(
                new OpsServer.Settings(
                        "status",
                        StatusRoutes.of(metrics(telemetry), sidecar, snapshot::upstreams),
                        List.of(),
                        OpsLimits.DEFAULT),
                ops,
                loops.serverChannel());
    }

    private OpsServer adminServer(EventLoop ops, TelemetryParts telemetry) throws IOException {
        PoolGauges gauges = telemetry::poolGauge;
        return new OpsServer(
                new OpsServer.Settings(
                        "admin",
                        AdminRoutes.of(
                                metrics(telemetry),
                                snapshot::upstreams,
                                gauges,
                                () -> ConfigRenderer.formatted(config),
                                clock),
                        AdminGuards.of(config.admin()),
                        OpsLimits.DEFAULT),
                ops,
                loops.serverChannel());
    }

    private static MetricsSource metrics(TelemetryParts telemetry) {
        return telemetry::renderMetrics;
    }

    private void start(TelemetryParts telemetry) {
        telemetry.start();
        control.scheduleWithFixedDelay(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
    }

    private void onSessionEnd(long durationNanos) {
        TelemetryParts watching = telemetry;
        if (watching != null) {
            watching.onSessionEnd(durationNanos);
        }
    }

    private void sweep() {
        snapshot.upstreams().forEach(upstream -> upstream.memory().sweep());
    }

    private void close(List<Worker> workers, TelemetryParts watching) {
        snapshot.upstreams().forEach(upstream -> upstream.memory().close());
        watching.close();
        workers.forEach(worker -> worker.loop().submit(worker::closePools).awaitUninterruptibly(LOOPS_END_MILLIS));
        resolver.close();
        workerLoops.shutdownGracefully(LOOPS_QUIET_MILLIS, LOOPS_END_MILLIS, TimeUnit.MILLISECONDS);
        opsLoops.shutdownGracefully(LOOPS_QUIET_MILLIS, LOOPS_END_MILLIS, TimeUnit.MILLISECONDS);
        workerLoops.terminationFuture().awaitUninterruptibly(LOOPS_END_MILLIS);
        opsLoops.terminationFuture().awaitUninterruptibly(LOOPS_END_MILLIS);
        control.shutdownNow();
    }
}
