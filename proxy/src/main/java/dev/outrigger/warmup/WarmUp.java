package dev.outrigger.warmup;

import dev.outrigger.config.load.ConfigLoader;
import dev.outrigger.config.load.LoadResult;
import dev.outrigger.config.load.LoadResult.Loaded;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.exchange.ExchangeFactory;
import dev.outrigger.exchange.TcpRelays;
import dev.outrigger.listener.Entrances;
import dev.outrigger.listener.Listener;
import dev.outrigger.listener.WorkerEntrance;
import dev.outrigger.record.DeadLetter;
import dev.outrigger.record.LoopMetrics;
import dev.outrigger.record.ToolNames;
import dev.outrigger.record.TraceContext;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.runtime.Snapshot;
import dev.outrigger.runtime.SnapshotCompiler;
import dev.outrigger.runtime.Worker;
import dev.outrigger.time.NanoClock;
import dev.outrigger.transport.EventLoops;
import dev.outrigger.transport.TlsSource;
import dev.outrigger.transport.UpstreamConnector;
import dev.outrigger.upstream.Upstream;
import dev.outrigger.upstream.UpstreamMemory;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Runs ordinary exchanges through the real pipeline before anybody waits for one, so that the first client meets compiled
 * code, loaded classes and filled buffer pools.
 *
 * <p>It takes the sidecar's own loops, since buffers and caches belong to threads, and nothing else of it: workers,
 * recorders, breaker, pools and listener are made for the occasion and thrown away. So nothing of it shows in a metric, a
 * log line or a breaker, and nothing of the operator's configuration (a tool policy, a small limit) can make it fail.
 * Requests to the operator's own server would warm more, but are not ours to send.
 */
public final class WarmUp {
    /** Of every worker at once: enough that a loop finds several at a wake-up, as under load. */
    private static final int CONNECTIONS_PER_WORKER = 4;

    private static final long LOOP_ENDS_MILLIS = 1000;
    private static final double SAMPLED_SHARE = 0.5;

    private final Surroundings surroundings;

    public WarmUp(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /**
     * Runs until more of it brings nothing, on the calling thread. Everything that it opens is closed when it returns.
     *
     * @param limit longest time
     * @throws IOException if the loopback network is not what it should be; the sidecar can start without this
     */
    public WarmUpResult run(Duration limit) throws IOException {
        return run(limit, false);
    }

    /** The same for the whole of a time, for the virtual machine to learn from. */
    public WarmUpResult runFor(Duration time) throws IOException {
        return run(time, true);
    }

    private WarmUpResult run(Duration limit, boolean wholeTime) throws IOException {
        NanoClock clock = surroundings.clock;
        long startNanos = clock.nanoTime();
        try (WarmUpServer server = WarmUpServer.open()) {
            ProxyConfig config = config(server.port());
            Snapshot snapshot = new SnapshotCompiler(
                            (breaker, from, to, why) -> {}, surroundings.maintenance, clock, durationNanos -> {})
                    .compile(config, null);
            List<Worker> workers = workers(config, snapshot);
            Listener listener = listener(config, workers);
            WarmUpTraffic traffic = new WarmUpTraffic(server, listener.address(), clock);
            try {
                boolean settled =
                        traffic.run(workers.size() * CONNECTIONS_PER_WORKER, startNanos + limit.toNanos(), wholeTime);
                return new WarmUpResult(traffic.answers(), Duration.ofNanos(clock.nanoTime() - startNanos), settled);
            } finally {
                listener.close();
                workers.forEach(
                        worker -> worker.loop().submit(worker::closePools).awaitUninterruptibly(LOOP_ENDS_MILLIS));
                snapshot.upstreams().stream().map(Upstream::memory).forEach(UpstreamMemory::close);
            }
        }
    }

    /** The defaults, whatever the operator's file and environment say. */
    private static ProxyConfig config(int serverPort) {
        LoadResult result = new ConfigLoader(Map.of())
                .loadString("warm-up", String.format(Locale.ROOT, """
                        outrigger {
                          listeners.warm-up.bind = "127.0.0.1:0"
                          upstreams.warm-up.endpoints = ["127.0.0.1:%d"]
                          routes = [{ match { path-prefix = "%s" }, upstream = warm-up }]
                        }
                        """, serverPort, Script.PATH));
        if (result instanceof Loaded loaded) {
            return loaded.config();
        }
        throw new IllegalStateException("the warm-up's own configuration is refused: " + result);
    }

    private List<Worker> workers(ProxyConfig config, Snapshot snapshot) {
        ToolNames toolNames = new ToolNames(config.mcp().maxToolLabels());
        List<Worker> workers = new ArrayList<>();
        for (EventExecutor executor : surroundings.loops) {
            workers.add(worker((EventLoop) executor, toolNames, snapshot));
        }
        return workers;
    }

    private Worker worker(EventLoop loop, ToolNames toolNames, Snapshot snapshot) {
        NanoClock clock = surroundings.clock;
        RandomGenerator random = surroundings.random.split();
        LoopTimers timers =
                new LoopTimers(clock, (tick, delayNanos) -> loop.schedule(tick, delayNanos, TimeUnit.NANOSECONDS));
        return new Worker(
                loop,
                1,
                clock,
                timers,
                new LoopMetrics(),
                toolNames.newCache(),
                new TraceContext(SAMPLED_SHARE, random),
                new UpstreamConnector(loop, surroundings.transport, surroundings.resolver, timers, clock),
                random,
                snapshot);
    }

    private Listener listener(ProxyConfig config, List<Worker> workers) throws IOException {
        List<WorkerEntrance> entrances = workers.stream()
                .map(worker -> new WorkerEntrance(
                        worker,
                        new ExchangeFactory(worker, List.of(), DeadLetter.Sink.NONE),
                        new TcpRelays(worker, List.of())))
                .toList();
        Listener listener = Listener.open(
                new Entrances(
                        surroundings.transport, surroundings.loops, entrances, TlsSource.NONE, surroundings.clock),
                config.listeners().get(0),
                Duration.ZERO,
                false);
        listener.accept();
        return listener;
    }

    /**
     * What it borrows of the sidecar.
     *
     * @param loops the workers' own, all of them
     * @param maintenance evicts what is remembered of sessions; no loop
     */
    public record Surroundings(
            EventLoopGroup loops,
            EventLoops transport,
            AddressResolverGroup<InetSocketAddress> resolver,
            Executor maintenance,
            NanoClock clock,
            SplittableRandom random) {}
}
