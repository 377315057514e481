package dev.outrigger.record;

/**
 * One loop's handshakes with the clients of one listener, or with one upstream, since the start.
 *
 * <p>Plain fields: the loop alone writes, and {@link LoopMetrics#handOver} copies them on the same loop.
 */
public final class TlsCounts {
    private static final int RESULTS = HandshakeResult.values().length;

    private final long[] handshakes;
    private long resumed;

    TlsCounts() {
        this(new long[RESULTS], 0);
    }

    private TlsCounts(long[] handshakes, long resumed) {
        this.handshakes = handshakes;
        this.resumed = resumed;
    }

    /** A handshake has ended. */
    public void add(HandshakeResult result) {
        handshakes[result.ordinal()]++;
    }

    /** It took up an earlier session, which spares the certificates. */
    public void addResumed() {
        resumed++;
    }

    public long handshakes(HandshakeResult result) {
        return handshakes[result.ordinal()];
    }

    public long resumed() {
        return resumed;
    }

    TlsCounts copy() {
        return new TlsCounts(handshakes.clone(), resumed);
    }

    /** The sum of two loops' counts. */
    public TlsCounts plus(TlsCounts other) {
        long[] sums = handshakes.clone();
        for (int i = 0; i < RESULTS; i++) {
            sums[i] += other.handshakes[i];
        }
        return new TlsCounts(sums, resumed + other.resumed);
    }
}
