package dev.outrigger.upstream;

import dev.outrigger.resilience.Ejection;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;

/**
 * One address of an upstream. Shared by all workers; its status is written by the health checks and read by everyone, whether
 * it is put out is for the workers to say.
 */
public final class Endpoint {
    private final String name;
    private final InetSocketAddress address;
    private final long generation;
    private final long hash;
    private final Ejection ejection = new Ejection();
    private volatile EndpointStatus status = EndpointStatus.UNKNOWN;
    /** Since when it gets requests, if that began while others did already; written before {@link #isFresh}. */
    private volatile long sinceNanos;

    private volatile boolean isFresh;

    /** {@link #Endpoint(InetSocketAddress, long)} of the first configuration. */
    public Endpoint(InetSocketAddress address) {
        this(address, 1);
    }

    /**
     * @param address resolved if it is a literal address, unresolved if it is a name (looked up at each connect)
     * @param generation number of the first configuration that names it
     */
    public Endpoint(InetSocketAddress address, long generation) {
        this.address = address;
        this.generation = generation;
        this.name = name(address);
        this.hash = KeyHash.of(name);
    }

    private static String name(InetSocketAddress address) {
        boolean isIpv6 = address.getHostString().indexOf(':') >= 0;
        return isIpv6 ? NetUtil.toSocketAddressString(address) : address.getHostString() + ':' + address.getPort();
    }

    /** {@code host:port} as configured, an address of IPv6 in its short form. */
    public String name() {
        return name;
    }

    public InetSocketAddress address() {
        return address;
    }

    /** Number of the first configuration that names it; a worker with an earlier one in force does not know it yet. */
    public long generation() {
        return generation;
    }

    public EndpointStatus status() {
        return status;
    }

    /** Whether a check has had a result. */
    boolean isChecked() {
        return status.checkedAtEpochMillis() != 0;
    }

    /** Whether the checks say that it does not work; one that was never checked may. */
    public boolean isDead() {
        return !status.healthy();
    }

    /** Whether it should get requests that others could have as well. */
    public boolean isWorking() {
        return status.healthy() && !ejection.isOut();
    }

    /** Whether it is out because it fails its requests. */
    public Ejection ejection() {
        return ejection;
    }

    /** Of its name, see {@link KeyHash}. */
    long hash() {
        return hash;
    }

    /** It is new among others that work, or back: what slow start is reckoned from. */
    public void beginsNow(long nowNanos) {
        sinceNanos = nowNanos;
        isFresh = true;
    }

    /**
     * Which part of its weight it has by slow start.
     *
     * @param slowStartNanos until it has the whole
     * @return from {@code least} to {@code whole}
     */
    int warmth(long slowStartNanos, long nowNanos, int least, int whole) {
        if (!isFresh) {
            return whole;
        }
        long elapsedNanos = Math.max(0, nowNanos - sinceNanos);
        return elapsedNanos >= slowStartNanos
                ? whole
                : (int) Math.max(least, whole * (double) elapsedNanos / slowStartNanos);
    }

    public void status(EndpointStatus newStatus) {
        status = newStatus;
    }

    @Override
    public String toString() {
        return name;
    }
}
