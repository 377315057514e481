package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.outrigger.config.model.HostPort;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:8080",
                "mcp:1",
                "mcp.default.svc.cluster.local:65535",
                "my_service-1:80",
                "[::1]:8080",
                "[2001:db8::7]:80",
                "[::ffff:10.0.0.1]:80"
            })
    void addressesAreReadAndPrintedAlike(String text) {
        HostPort address = Addresses.parse(text, 1);

        assertNotNull(address);
        assertEquals(text, address.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":80",
                "host",
                "host:",
                "host:x",
                "host:-1",
                "host:0",
                "host:65536",
                "host:999999999999",
                "256.1.1.1:80",
                "10.0.0:80",
                "1.2.3.4.:80",
                "-host:80",
                "ho st:80",
                "http://host:80",
                "user@host:80",
                "::1:80",
                "[::1]",
                "[::g]:80",
                "[1::2::3]:80",
                "[127.0.0.1]:80",
                "a..b:80"
            })
    void otherTextsAreNoAddresses(String text) {
        assertNull(Addresses.parse(text, 1));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:80, 127.0.0.1:80, true",
        "127.0.0.1:80, 127.0.0.1:81, false",
        "127.0.0.1:80, 127.0.0.2:80, false",
        "0.0.0.0:80, 127.0.0.1:80, true",
        "0.0.0.0:80, [::1]:80, true",
        "[::]:80, 127.0.0.1:80, true",
        "[::1]:80, [0:0:0:0:0:0:0:1]:80, true",
        "[::1]:80, 127.0.0.1:80, false",
        "localhost:80, 127.0.0.1:80, true",
        "LocalHost:80, [::1]:80, true",
        "localhost:80, 127.0.0.2:80, false",
        "Name:80, name.:80, true",
        "name:80, other:80, false",
        "0.0.0.0:0, 0.0.0.0:0, false"
    })
    void socketsOverlapOnOnePortOfOneAddress(String one, String other, boolean expected) {
        HostPort first = Addresses.parse(one, 0);
        HostPort second = Addresses.parse(other, 0);

        assertNotNull(first);
        assertNotNull(second);
        assertEquals(expected, Addresses.overlap(first, second));
        assertEquals(expected, Addresses.overlap(second, first));
    }
}
