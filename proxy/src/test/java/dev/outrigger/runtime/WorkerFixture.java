package dev.outrigger.runtime;

import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.record.LoopMetrics;
import dev.outrigger.record.ToolNames;
import dev.outrigger.record.TraceContext;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.testing.KeepAliveServer;
import dev.outrigger.time.NanoClock;
import dev.outrigger.transport.EventLoops;
import dev.outrigger.transport.UpstreamConnector;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.resolver.DefaultAddressResolverGroup;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A loop for workers, some servers for them to connect to, and a compiler of what they carry. */
final class WorkerFixture implements AutoCloseable {
    private final EventLoops transport = EventLoops.probe(Transport.NIO);
    private final EventLoopGroup group = transport.open(1, "worker-test");
    private final EventLoop loop = group.next();
    private final List<KeepAliveServer> servers;
    private final SnapshotCompiler compiler =
            new SnapshotCompiler((breaker, from, to, why) -> {}, Runnable::run, NanoClock.SYSTEM, durationNanos -> {});

    WorkerFixture(int servers) {
        this.servers =
                Stream.generate(() -> new KeepAliveServer(group)).limit(servers).toList();
    }

    SnapshotCompiler compiler() {
        return compiler;
    }

    KeepAliveServer server(int index) {
        return servers.get(index);
    }

    int open() {
        return servers.stream().mapToInt(KeepAliveServer::open).sum();
    }

    /** A setting of endpoints, for the text of a configuration. */
    String endpoints(int... indexes) {
        return IntStream.of(indexes)
                .mapToObj(i -> "\"127.0.0.1:" + servers.get(i).address().getPort() + '"')
                .collect(Collectors.joining(", ", "endpoints = [", "]"));
    }

    Worker worker(Snapshot snapshot) {
        LoopTimers timers = new LoopTimers(
                NanoClock.SYSTEM, (tick, delayNanos) -> loop.schedule(tick, delayNanos, TimeUnit.NANOSECONDS));
        SplittableRandom random = new SplittableRandom(7);
        return new Worker(
                loop,
                1,
                NanoClock.SYSTEM,
                timers,
                new LoopMetrics(),
                new ToolNames(10).newCache(),
                new TraceContext(1, random),
                new UpstreamConnector(loop, transport, DefaultAddressResolverGroup.INSTANCE, timers, NanoClock.SYSTEM),
                random,
                snapshot);
    }

    void run(Runnable action) {
        on(() -> {
            action.run();
            return true;
        });
    }

    /** Everything that belongs to a worker happens on its loop. */
    <T> T on(Callable<T> action) {
        return loop.submit(action).syncUninterruptibly().getNow();
    }

    @Override
    public void close() {
        servers.forEach(KeepAliveServer::close);
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
