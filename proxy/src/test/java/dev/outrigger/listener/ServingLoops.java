package dev.outrigger.listener;

import dev.outrigger.config.PlainProtocols;
import dev.outrigger.config.model.HostPort;
import dev.outrigger.config.model.ListenerConfig;
import dev.outrigger.config.model.McpConfig;
import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.record.LoopMetrics;
import dev.outrigger.record.ToolNames;
import dev.outrigger.record.TraceContext;
import dev.outrigger.resilience.Limiters;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.route.RouteTable;
import dev.outrigger.runtime.Interception;
import dev.outrigger.runtime.Snapshot;
import dev.outrigger.runtime.Switches;
import dev.outrigger.runtime.Worker;
import dev.outrigger.time.NanoClock;
import dev.outrigger.transport.EventLoops;
import dev.outrigger.transport.OpaqueConnections;
import dev.outrigger.transport.TlsSource;
import dev.outrigger.transport.UpstreamConnector;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Two workers as of a process of its own, which answer each request by themselves, and their listeners. */
final class ServingLoops implements AutoCloseable {
    private static final int WORKERS = 2;
    private static final long END_MILLIS = 1000;

    private final SplittableRandom random = new SplittableRandom(1);
    private final ScheduledExecutorService control = Executors.newSingleThreadScheduledExecutor();
    private final Answering answering;
    private final EventLoops transport;
    private final EventLoopGroup group;
    private final ListenerSet listeners;

    /** @param name with which it answers */
    ServingLoops(Transport transport, String name) {
        this.transport = EventLoops.probe(transport);
        this.answering = new Answering(name);
        this.group = this.transport.open(WORKERS, "test-" + name);
        List<WorkerEntrance> entrances = new ArrayList<>();
        for (EventExecutor loop : group) {
            entrances.add(new WorkerEntrance(worker((EventLoop) loop), answering, OpaqueConnections.NONE));
        }
        this.listeners = new ListenerSet(
                new Entrances(this.transport, group, entrances, TlsSource.NONE, NanoClock.SYSTEM), control);
    }

    private Worker worker(EventLoop loop) {
        LoopTimers timers = new LoopTimers(
                NanoClock.SYSTEM, (tick, delayNanos) -> loop.schedule(tick, delayNanos, TimeUnit.NANOSECONDS));
        return new Worker(
                loop,
                WORKERS,
                NanoClock.SYSTEM,
                timers,
                new LoopMetrics(),
                new ToolNames(10).newCache(),
                new TraceContext(0, random),
                new UpstreamConnector(loop, transport, DefaultAddressResolverGroup.INSTANCE, timers, NanoClock.SYSTEM),
                random,
                new Snapshot(
                        1,
                        new RouteTable(List.of(), new Limiters(Runnable::run, NanoClock.SYSTEM)),
                        List.of(),
                        List.of(),
                        Map.of(),
                        new McpConfig(1024, 10, false, McpConfig.Refusal.HTTP, Duration.ZERO, 10, Duration.ZERO),
                        new Switches(false, 0, true, false),
                        new Limiters(Runnable::run, NanoClock.SYSTEM),
                        Map.of(),
                        Interception.NONE));
    }

    static ListenerConfig config(String name, String host, int port) {
        return config(name, host, port, 10_000);
    }

    static ListenerConfig config(String name, String host, int port, int maxConnections) {
        return new ListenerConfig(
                name,
                new HostPort(host, port),
                ListenerConfig.Protocol.HTTP,
                Duration.ofSeconds(10),
                Duration.ofMinutes(5),
                maxConnections,
                8192,
                61_440,
                100,
                PlainProtocols.HTTP,
                PlainProtocols.HTTP2,
                Optional.empty(),
                PlainProtocols.TCP,
                PlainProtocols.PROXY_PROTOCOL,
                0,
                Optional.empty());
    }

    ListenerSet listeners() {
        return listeners;
    }

    Answering answering() {
        return answering;
    }

    /** {@link ListenerSet#prepare} and {@link ListenerSet#commit} with a drain timeout of ten seconds. */
    void serve(boolean handOver, ListenerConfig... wanted) throws Exception {
        listeners.commit(listeners.prepare(List.of(wanted), Duration.ofSeconds(10), handOver));
    }

    int port(String name) {
        return listeners.bound().stream()
                .filter(listener -> listener.name().equals(name))
                .findFirst()
                .orElseThrow()
                .address()
                .getPort();
    }

    @Override
    public void close() {
        listeners.close();
        control.shutdownNow();
        group.shutdownGracefully(0, END_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly(END_MILLIS);
    }
}
