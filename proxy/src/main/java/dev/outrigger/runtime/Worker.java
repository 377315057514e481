package dev.outrigger.runtime;

import dev.outrigger.record.LoopMetrics;
import dev.outrigger.record.ToolNames;
import dev.outrigger.record.TraceContext;
import dev.outrigger.resilience.LatencyTable;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.time.NanoClock;
import dev.outrigger.transport.UpstreamConnector;
import dev.outrigger.upstream.EndpointPools;
import io.netty.channel.EventLoop;
import java.util.random.RandomGenerator;

/**
 * One event loop and all that belongs to it: timers, connections to upstreams, recorders, the configuration that new
 * exchanges begin with. Plain fields throughout, because only the loop touches them.
 */
public final class Worker {
    private final EventLoop loop;
    private final NanoClock clock;
    private final LoopTimers timers;
    private final LoopMetrics metrics;
    private final ToolNames.Cache toolNames;
    private final TraceContext traces;
    private final RandomGenerator random;
    private final EndpointPools pools;
    private final LatencyTable latencies = new LatencyTable();
    private WorkerView view;

    /** @param workers how many there are: they share the limits of each upstream out among themselves */
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
        this.clock = clock;
        this.timers = timers;
        this.metrics = metrics;
        this.toolNames = toolNames;
        this.traces = traces;
        this.random = random;
        this.pools = new EndpointPools(workers, connector, timers, clock, random);
        this.view = WorkerView.of(snapshot, null, pools, metrics);
        follow(snapshot);
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

    /** How long calls take, where that decides something. */
    public LatencyTable latencies() {
        return latencies;
    }

    /** What {@link #view} is of. */
    public Snapshot snapshot() {
        return view.snapshot();
    }

    /** What new exchanges begin with. */
    public WorkerView view() {
        return view;
    }

    /**
     * Takes a configuration over: exchanges that begin from now on see it, those under way go on with the one they began with.
     * Connections to endpoints that it does not name any more end with the exchanges that use them.
     *
     * <p>Called on the loop, with snapshots in ascending order of their generations. Costs next to nothing if the upstreams are
     * the same.
     */
    public void adopt(Snapshot snapshot) {
        assert loop.inEventLoop() : "a configuration adopted outside the loop of its worker";
        view = WorkerView.of(snapshot, view, pools, metrics);
        follow(snapshot);
    }

    private void follow(Snapshot snapshot) {
        pools.retain(snapshot.generation(), snapshot.upstreams());
        pools.retainOriginals(snapshot.interception().known());
        traces.sample(snapshot.switches().sample());
        metrics.collecting(snapshot.switches().metrics());
    }

    /** Closes the connections to original destinations that have left. Called on the loop, now and then. */
    public void followOriginals() {
        pools.retainOriginals(snapshot().interception().known());
    }

    /** Closes idle upstream connections; those in use close when their exchange ends. */
    public void closePools() {
        pools.close();
    }
}
