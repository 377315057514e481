package dev.outrigger.runtime;

import dev.outrigger.record.LoopMetrics;
import dev.outrigger.record.ToolNames;
import dev.outrigger.record.TraceContext;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.time.NanoClock;
import dev.outrigger.transport.UpstreamConnector;
import dev.outrigger.upstream.Upstream;
import dev.outrigger.upstream.UpstreamPools;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * One event loop and all that belongs to it: timers, connections to upstreams, recorders, the snapshot that new exchanges
 * begin with. Plain fields throughout, because only the loop touches them.
 */
public final class Worker {
    private final EventLoop loop;
    private final int workers;
    private final NanoClock clock;
    private final LoopTimers timers;
    private final LoopMetrics metrics;
    private final ToolNames.Cache toolNames;
    private final TraceContext traces;
    private final UpstreamConnector connector;
    private final RandomGenerator random;
    private final Map<Upstream, UpstreamPools> pools = new HashMap<>();
    private Snapshot snapshot;

    public Worker(
            EventLoop loop,
            int workers,
            NanoClock clock,
            LoopTimers timers,
            LoopMetrics metrics,
            ToolNames.Cache toolNames,
            TraceContext traces,
            UpstreamConnector connector,
            RandomGenerator random,
            Snapshot snapshot) {
        this.loop = loop;
        this.workers = workers;
        this.clock = clock;
        this.timers = timers;
        this.metrics = metrics;
        this.toolNames = toolNames;
        this.traces = traces;
        this.connector = connector;
        this.random = random;
        this.snapshot = snapshot;
    }

    public EventLoop loop() {
        return loop;
    }

    public NanoClock clock() {
        return clock;
    }

    public LoopTimers timers() {
        return timers;
    }

    public LoopMetrics metrics() {
        return metrics;
    }

    public ToolNames.Cache toolNames() {
        return toolNames;
    }

    public TraceContext traces() {
        return traces;
    }

    public RandomGenerator random() {
        return random;
    }

    public Snapshot snapshot() {
        return snapshot;
    }

    /** This worker's connections to an upstream. */
    public UpstreamPools pools(Upstream upstream) {
        UpstreamPools known = pools.get(upstream);
        if (known != null) {
            return known;
        }
        UpstreamPools made = new UpstreamPools(
                upstream, workers, connector, timers, clock, metrics.upstream(upstream.name()), random);
        pools.put(upstream, made);
        return made;
    }

    /** Closes idle upstream connections; those in use close when their exchange ends. */
    public void closePools() {
        pools.values().forEach(UpstreamPools::close);
    }
}
