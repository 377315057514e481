package dev.outrigger.listener;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How many connections each address has open at one listener, over all workers. A client with an IPv6 address usually has all those
 * of its network, so these count as one.
 *
 * <p>Holds what is open and nothing more. Any thread.
 */
final class AddressCounts {
    private final ConcurrentHashMap<Object, Integer> open = new ConcurrentHashMap<>();

    /** Whose connection it is; null if that can not be told. */
    static @Nullable Object keyOf(@Nullable SocketAddress remote) {
        InetAddress address = remote instanceof InetSocketAddress inet ? inet.getAddress() : null;
        return address instanceof Inet6Address
                ? (Object) ByteBuffer.wrap(address.getAddress()).getLong()
                : address;
    }

    /**
     * One more, if there may be.
     *
     * @return whether it is counted now, and has to be taken back by {@link #leave}
     */
    boolean enter(Object key, int most) {
        boolean[] entered = {false};
        open.compute(key, (unused, count) -> {
            int before = count == null ? 0 : count;
            entered[0] = before < most;
            return entered[0] ? Integer.valueOf(before + 1) : count;
        });
        return entered[0];
    }

    void leave(Object key) {
        open.computeIfPresent(key, (unused, count) -> count == 1 ? null : count - 1);
    }

    int addresses() {
        return open.size();
    }
}
