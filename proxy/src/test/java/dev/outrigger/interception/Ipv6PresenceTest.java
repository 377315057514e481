package dev.outrigger.interception;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class Ipv6PresenceTest {
    private static final String LOOPBACK = "00000000000000000000000000000001 01 80 10 80       lo";
    private static final String SOURCE = "00000000000000000000000000000006 01 80 00 80       lo";
    private static final String LINK = "fe80000000000000d0f0d5fffe6e1b2c 02 40 20 80     eth0";
    private static final String POD = "fd000000000000000000000000000009 02 40 00 80     eth0";

    @Test
    void anAddressThatOthersCallIsOnAnotherInterfaceThanLoopback() {
        assertEquals(Ipv6Presence.GLOBAL, Ipv6Presence.of(List.of(POD, LOOPBACK, LINK)));
        assertEquals(Ipv6Presence.LOCAL, Ipv6Presence.of(List.of(LOOPBACK, LINK)));
        assertEquals(Ipv6Presence.LOCAL, Ipv6Presence.of(List.of(LOOPBACK, SOURCE)));
    }

    @Test
    void withoutLoopbackThereIsNone() {
        assertEquals(Ipv6Presence.NONE, Ipv6Presence.of(List.of()));
        assertEquals(Ipv6Presence.NONE, Ipv6Presence.of(List.of(LINK)));
        assertEquals(Ipv6Presence.WITHOUT_LOOPBACK, Ipv6Presence.of(List.of(POD, LINK)));
    }
}
