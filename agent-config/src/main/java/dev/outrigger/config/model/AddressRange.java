package dev.outrigger.config.model;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Objects;

/**
 * A range of IP addresses in the notation of RFC 4632, {@code 10.0.0.0/8}.
 *
 * @param address first address of the range; the bits behind the prefix are zero
 * @param prefixBits 0 to 32, or to 128 for IPv6
 */
public record AddressRange(InetAddress address, int prefixBits) {
    public AddressRange {
        Objects.checkIndex(prefixBits, address.getAddress().length * Byte.SIZE + 1);
    }

    /** Whether an address is one of these. An IPv4 address is never one of a range of IPv6 addresses, nor the reverse. */
    public boolean contains(InetAddress other) {
        byte[] first = address.getAddress();
        byte[] bytes = other.getAddress();
        int whole = prefixBits / Byte.SIZE;
        if (first.length != bytes.length || !Arrays.equals(first, 0, whole, bytes, 0, whole)) {
            return false;
        }
        int rest = prefixBits % Byte.SIZE;
        return rest == 0 || (first[whole] ^ bytes[whole]) >> (Byte.SIZE - rest) == 0;
    }

    @Override
    public String toString() {
        return address.getHostAddress() + '/' + prefixBits;
    }
}
