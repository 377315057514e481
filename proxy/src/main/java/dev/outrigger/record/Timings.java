package dev.outrigger.record;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One loop's timings, each made when first asked for. Bounded as upstreams, kinds of streams and routes are. */
final class Timings {
    private final SpareIntervals spares;
    private final Map<TimingKey, Timing> timings = new HashMap<>();
    private final ArrayList<Timing> touched = new ArrayList<>();
    private boolean collecting = true;

    Timings(SpareIntervals spares) {
        this.spares = spares;
    }

    /** Whether anything is recorded; see {@link LoopMetrics#collecting}. */
    boolean isCollecting() {
        return collecting;
    }

    void collecting(boolean wanted) {
        collecting = wanted;
    }

    Timing of(TimingKey key) {
        return timings.computeIfAbsent(key, made -> new Timing(made, this));
    }

    Interval touch(Timing timing) {
        touched.add(timing);
        return spares.take();
    }

    List<LoopBatch.Timed> handOver() {
        List<LoopBatch.Timed> handed = new ArrayList<>(touched.size());
        for (Timing timing : touched) {
            Interval interval = timing.handOver();
            if (interval != null) {
                handed.add(new LoopBatch.Timed(timing.key, interval));
            }
        }
        touched.clear();
        return handed;
    }
}
