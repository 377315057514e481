package dev.outrigger.interception;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.interception.InterceptionSettings.Inbound;
import dev.outrigger.interception.InterceptionSettings.Outbound;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InterceptionSettingsTest {
    private static final Inbound INBOUND = new Inbound(15006, PortRanges.ALL, PortRanges.NONE, InboundMode.REDIRECT);

    @Test
    void rootIsNoUserOfTheProxy() {
        assertRefused("uid 0, expected that of the proxy alone", List.of(1337L, 0L), List.of(), INBOUND, null);
        assertRefused("gid 0, expected that of the proxy alone", List.of(1337L), List.of(0L), INBOUND, null);
        assertRefused("uid 4294967295, expected 1 to 4294967294", List.of(4_294_967_295L), List.of(), INBOUND, null);
        assertRefused("uid -1, ", List.of(-1L), List.of(), INBOUND, null);
        assertRefused("no user of the proxy", List.of(), List.of(1337L), INBOUND, null);
    }

    @Test
    void somethingHasToBeLedSomewhere() {
        assertRefused("neither inbound nor outbound", List.of(1337L), List.of(), null, null);
    }

    @Test
    void twoListenersHaveTwoPorts() {
        assertRefused("port 15006 for inbound and outbound", List.of(1337L), List.of(), INBOUND, outbound(15006));
    }

    @Test
    void aDirectionWithoutPortsIsNone() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> new Inbound(15006, PortRanges.NONE, PortRanges.NONE, InboundMode.REDIRECT));
        assertTrue(refused.getMessage().contains("--no-inbound is for none"), refused::getMessage);
        assertThrows(IllegalArgumentException.class, () -> outbound(65_536));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Inbound(0, PortRanges.ALL, PortRanges.NONE, InboundMode.REDIRECT));
    }

    @Test
    void thePortsOfTheProxyAreItsOwn() {
        PortRanges own = new InterceptionSettings(
                        List.of(1337L), List.of(), INBOUND, outbound(15001), Ipv6Mode.AUTO, Backend.AUTO)
                .ownPorts();
        for (int port : new int[] {9465, 15_000, 15_001, 15_006}) {
            assertTrue(own.contains(port), own::toString);
        }
        assertFalse(own.contains(8080));
    }

    private static Outbound outbound(int port) {
        return new Outbound(port, PortRanges.ALL, PortRanges.NONE, AddressRanges.NONE, AddressRanges.NONE);
    }

    private static void assertRefused(
            String message, List<Long> uids, List<Long> gids, @Nullable Inbound inbound, @Nullable Outbound outbound) {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> new InterceptionSettings(uids, gids, inbound, outbound, Ipv6Mode.AUTO, Backend.AUTO));
        assertTrue(refused.getMessage().contains(message), refused::getMessage);
    }
}
