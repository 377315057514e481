package dev.outrigger.listener;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class AddressCountsTest {
    private final AddressCounts counts = new AddressCounts();

    private static Object key(String address) throws UnknownHostException {
        return Objects.requireNonNull(AddressCounts.keyOf(new InetSocketAddress(InetAddress.getByName(address), 4711)));
    }

    @Test
    void anAddressHasNoMoreThanItMayAndNothingIsKeptOfThoseThatAreGone() throws Exception {
        assertTrue(counts.enter(key("10.0.0.1"), 2));
        assertTrue(counts.enter(key("10.0.0.1"), 2));
        assertFalse(counts.enter(key("10.0.0.1"), 2));
        assertTrue(counts.enter(key("10.0.0.2"), 2));
        counts.leave(key("10.0.0.1"));
        assertTrue(counts.enter(key("10.0.0.1"), 2));
        counts.leave(key("10.0.0.1"));
        counts.leave(key("10.0.0.1"));
        counts.leave(key("10.0.0.2"));
        assertEquals(0, counts.addresses());
    }

    @Test
    void anIpv6NetworkIsOneAddress() throws Exception {
        assertEquals(key("2001:db8:0:1::1"), key("2001:db8:0:1:ffff::2"));
        assertNotEquals(key("2001:db8:0:1::1"), key("2001:db8:0:2::1"));
        assertNull(AddressCounts.keyOf(null));
    }
}
