package dev.outrigger.upstream;

import java.net.InetSocketAddress;

/** One address of an upstream. Shared by all workers; its status is written by control and read by everyone. */
public final class Endpoint {
    private final String name;
    private final InetSocketAddress address;
    private volatile EndpointStatus status = EndpointStatus.UNKNOWN;

    /** @param address resolved if it is a literal address, unresolved if it is a name (looked up at each connect) */
    public Endpoint(InetSocketAddress address) {
        this.address = address;
        this.name = address.getHostString() + ':' + address.getPort();
    }

    /** {@code host:port} as configured. */
    public String name() {
        return name;
    }

    public InetSocketAddress address() {
        return address;
    }

    public EndpointStatus status() {
        return status;
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
