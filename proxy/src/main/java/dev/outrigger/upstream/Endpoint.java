package dev.outrigger.upstream;

import java.net.InetSocketAddress;

/** One address of an upstream. Shared by all workers; its status is written by control and read by everyone. */
public final class Endpoint {
    private final String name;
    private final InetSocketAddress address;
    private final long generation;
    private volatile EndpointStatus status = EndpointStatus.UNKNOWN;

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
        this.name = address.getHostString() + ':' + address.getPort();
    }

    /** {@code host:port} as configured. */
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

    public void status(EndpointStatus newStatus) {
        status = newStatus;
    }

    @Override
    public String toString() {
        return name;
    }
}
