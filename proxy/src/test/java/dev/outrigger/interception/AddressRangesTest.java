package dev.outrigger.interception;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressRangesTest {
    @Test
    void bothFamiliesStandInOneList() throws UnknownHostException {
        AddressRanges ranges = AddressRanges.parse("10.0.0.0/8, fd00::/8,192.0.2.7");
        assertEquals(2, ranges.of(IpFamily.IPV4).size());
        assertEquals(1, ranges.of(IpFamily.IPV6).size());
        assertTrue(ranges.contains(InetAddress.getByName("10.255.0.1")));
        assertTrue(ranges.contains(InetAddress.getByName("fdff::1")));
        assertTrue(ranges.contains(InetAddress.getByName("192.0.2.7")));
        assertFalse(ranges.contains(InetAddress.getByName("192.0.2.8")));
        assertTrue(AddressRanges.parse("0.0.0.0/0").contains(InetAddress.getByName("1.2.3.4")));
        assertTrue(AddressRanges.parse("").isEmpty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.0/33|expected a prefix of at most 32 bits",
                "fd00::/129|expected a prefix of at most 128 bits",
                "10.1.0.0/8|has bits behind its prefix, expected 10.0.0.0/8",
                "::ffff:10.0.0.0/104|expected 10.0.0.0 as an address of IPv4",
                "::ffff:0:0/96|expected 0.0.0.0 as an address of IPv4",
                "300.0.0.0/8|expected addresses and ranges such as",
                "example.com|expected addresses and ranges such as",
                "10.0.0.0/|expected addresses and ranges such as",
                "10.0.0.0/8,|expected addresses and ranges such as",
                "*|expected addresses and ranges such as",
            })
    void whatIsNoRangeIsTold(String text, String expected) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> AddressRanges.parse(text));
        assertTrue(refused.getMessage().contains(expected), refused::getMessage);
    }
}
