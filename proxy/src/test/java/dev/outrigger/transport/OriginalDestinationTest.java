package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class OriginalDestinationTest {
    private static final int PORT = 54_321;

    private static ByteBuffer told(int bytes) {
        return ByteBuffer.allocate(bytes).putShort(2, (short) PORT);
    }

    @Test
    void anIpv4AddressIsReadInTheOrderOfTheNetwork() {
        ByteBuffer told = told(16).put(4, new byte[] {10, (byte) 200, 0, 7});

        assertEquals(new InetSocketAddress("10.200.0.7", PORT), OriginalDestination.parse(told, true));
    }

    @Test
    void anIpv6AddressIsRead() {
        ByteBuffer told = told(28).put(8, (byte) 0xfd).put(23, (byte) 9);

        assertEquals(new InetSocketAddress("fd00::9", PORT), OriginalDestination.parse(told, false));
    }

    @Test
    void anAddressOfALinkKeepsTheLink() {
        ByteBuffer told = told(28).put(8, (byte) 0xfe).put(9, (byte) 0x80).put(23, (byte) 9);
        told.order(ByteOrder.nativeOrder()).putInt(24, 3);

        Inet6Address address =
                (Inet6Address) OriginalDestination.parse(told, false).getAddress();
        assertEquals(3, address.getScopeId());
    }
}
