package dev.outrigger.upstream;

import dev.outrigger.http.ClientInfo;
import dev.outrigger.transport.LocalEnd;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From which addresses the connections to an original destination are made. A value.
 *
 * @param addresses one of a family at most; for a family without one, whichever the system takes
 * @param asClient whether each is made from the address of the client that it is for, and of nobody else
 */
public record Sources(List<InetAddress> addresses, boolean asClient) {
    /** Whichever the system takes. */
    public static final Sources ANY = new Sources(List.of(), false);
    /** The client's own. */
    public static final Sources CLIENT = new Sources(List.of(), true);

    public Sources {
        addresses = List.copyOf(addresses);
    }

    /** Of all connections to an address; null for whichever the system takes, or if they differ by client. */
    @Nullable
    LocalEnd towards(InetSocketAddress destination) {
        InetAddress wanted = destination.getAddress();
        return addresses.stream()
                .filter(address -> wanted != null && address.getClass() == wanted.getClass())
                .findFirst()
                .map(address -> new LocalEnd(address, false))
                .orElse(null);
    }

    /** Of the connections for one client to an address; null if they are not told apart by client. */
    @Nullable
    LocalEnd of(ClientInfo client, InetSocketAddress destination) {
        return asClient ? LocalEnd.of(client, destination) : null;
    }
}
