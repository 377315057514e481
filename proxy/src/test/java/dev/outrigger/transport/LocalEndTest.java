package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.ClientInfo;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalEndTest {
    private static final InetSocketAddress IPV4 = new InetSocketAddress("192.0.2.1", 80);
    private static final InetSocketAddress IPV6 = new InetSocketAddress("2001:db8::1", 80);

    @Test
    void aClientsAddressIsForDestinationsOfItsFamily() {
        assertNotNull(of("192.0.2.7", IPV4));
        assertNotNull(of("2001:db8::7", IPV6));
        assertNull(of("192.0.2.7", IPV6));
        assertNull(of("2001:db8::7", IPV4));
        assertNull(of("unknown", IPV4));
        assertNull(of("192.0.2.7", InetSocketAddress.createUnresolved("pod", 80)));
    }

    @Test
    void anAddressOfALinkIsAnotherOnAnotherLink() throws UnknownHostException {
        LocalEnd first = of("fe80::7%2", IPV6);
        assertNotNull(first);

        assertEquals(2, ((Inet6Address) first.address()).getScopeId());
        assertEquals(first, of("fe80::7%2", IPV6));
        assertNotEquals(first, of("fe80::7%3", IPV6));
        assertEquals(
                new LocalEnd(InetAddress.getByName("fe80::7%2"), true).hashCode(),
                of("fe80::7%2", IPV6).hashCode());
    }

    @ParameterizedTest
    @CsvSource({
        "bind(..) failed with error(-98): Address already in use,POOL_FULL",
        "Cannot assign requested address,POOL_FULL",
        "Permission denied,INTERNAL",
        "Operation not permitted,INTERNAL",
        "Invalid argument,INTERNAL"
    })
    void whatFailsHereIsNoFaultOfTheOtherEnd(String text, Reason reason) {
        Failure failure = UpstreamConnector.failure(new IOException(text), new LocalEnd(IPV4.getAddress(), true));

        assertEquals(reason, failure.reason());
        assertFalse(failure.reason().blamesUpstream());
        assertTrue(failure.isUnsent());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Connection refused", "No route to host", "Network is unreachable"})
    void whatTheNetworkSaysIsTheOtherEndsFault(String text) {
        Failure failure = UpstreamConnector.failure(new ConnectException(text), new LocalEnd(IPV4.getAddress(), true));

        assertTrue(failure.reason().blamesUpstream());
    }

    private static @Nullable LocalEnd of(String client, InetSocketAddress remote) {
        ClientInfo whole = new ClientInfo("inbound", client, 40_000, "unknown", 0, null, false, null);
        return LocalEnd.of(whole, remote);
    }
}
