package dev.outrigger.resilience;

import dev.outrigger.config.model.OverloadConfig;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/**
 * Whether the sidecar has more than it can hold, so that what is new is refused while that can still be done in order.
 *
 * <p>Looked at a few times a second, told to everybody by one volatile field: a request pays one read. A memory counts as full
 * until it is well below its limit again, since a guard that opens and closes with each request would only let the memory swing;
 * and one late look at a loop is a pause of the virtual machine, which is over when it is seen.
 *
 * <p>Looks are one thread's; the rest is anybody's.
 */
public final class OverloadGuard {
    /** What there is too little of. */
    public enum Resource {
        DIRECT_MEMORY("direct_memory"),
        HEAP("heap"),
        LOOP("loop");

        private final String label;

        Resource(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    /** Of the limit, below which a memory counts as free again. */
    static final double FREE_AGAIN = 0.95;
    /** Late looks in a row that are more than a pause. */
    static final int LATE_LOOKS = 3;
    /** Looks of which the latest loop is remembered: a quarter of a minute. */
    static final int REMEMBERED_LOOKS = 60;

    private static final OverloadConfig OFF = new OverloadConfig(1, 1, Duration.ZERO);

    private final LongAdder shed = new LongAdder();
    private volatile OverloadConfig config = OFF;
    /** One bit per resource. */
    private volatile int lacking;

    private volatile long worstStallNanos;

    private final long[] stallsNanos = new long[REMEMBERED_LOOKS];
    private int looks;
    private int lateLooks;

    OverloadGuard() {}

    void reconfigure(OverloadConfig next) {
        config = next;
    }

    public OverloadConfig config() {
        return config;
    }

    /**
     * Judges how things are.
     *
     * @param directMemory share of it that is held
     * @param heap share of it that is live
     * @param stallNanos by how much the latest loop is late
     */
    public void look(double directMemory, double heap, long stallNanos) {
        OverloadConfig current = config;
        remember(stallNanos);
        long mostNanos = current.maxLoopStall().toNanos();
        lateLooks = mostNanos > 0 && stallNanos > mostNanos ? lateLooks + 1 : 0;
        int now = 0;
        now |= bit(Resource.DIRECT_MEMORY, isFull(Resource.DIRECT_MEMORY, directMemory, current.maxDirectMemory()));
        now |= bit(Resource.HEAP, isFull(Resource.HEAP, heap, current.maxHeap()));
        now |= bit(Resource.LOOP, lateLooks >= LATE_LOOKS);
        lacking = now;
    }

    private void remember(long stallNanos) {
        stallsNanos[looks++ % REMEMBERED_LOOKS] = stallNanos;
        worstStallNanos = Arrays.stream(stallsNanos).max().orElse(0);
    }

    /** By how much a loop was late in the worst of the last looks. */
    public long worstStallNanos() {
        return worstStallNanos;
    }

    private boolean isFull(Resource memory, double share, double most) {
        return most < 1 && share > (lacks(memory) ? most * FREE_AGAIN : most);
    }

    private static int bit(Resource resource, boolean set) {
        return set ? 1 << resource.ordinal() : 0;
    }

    /** Whether new requests are to be refused. */
    public boolean isShedding() {
        return lacking != 0;
    }

    public boolean lacks(Resource resource) {
        return (lacking & 1 << resource.ordinal()) != 0;
    }

    /** A request was refused. */
    public void onShed() {
        shed.increment();
    }

    /** Requests refused so far. */
    public long shed() {
        return shed.sum();
    }
}
