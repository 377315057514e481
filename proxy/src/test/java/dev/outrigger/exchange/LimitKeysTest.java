package dev.outrigger.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitKeysTest {
    @ParameterizedTest
    @CsvSource({
        "10.1.2.3,10.1.2.3",
        "2001:db8:0:1:0:0:0:1,2001:db8:0:1::/64",
        "2001:db8:0:1:ffff:0:0:2,2001:db8:0:1::/64",
        "0:0:0:0:0:0:0:1,0:0:0:0::/64",
        "unknown,unknown"
    })
    void anIpv6NetworkIsOneAddress(String address, String network) {
        assertEquals(network, LimitKeys.network(address));
    }
}
