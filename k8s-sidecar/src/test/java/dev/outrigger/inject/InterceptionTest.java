package dev.outrigger.inject;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InterceptionTest {
    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/8", "0.0.0.0/0", "192.168.1.7/32", "fd00::/8", "::/0", "2001:db8::1/128"})
    void takesRangesOfAddresses(String range) {
        assertTrue(Interception.areCidrs(List.of(range)));
    }

    /** Names among them would be asked for at a name server, and addresses with a number too large are names to Java. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.0",
                "256.1.1.1/8",
                "1.2.3/8",
                "010.0.0.0/8",
                "10.0.0.0/33",
                "10.1.0.0/8",
                "10.0.0.0/",
                "10.0.0.0/-1",
                "example.org/8",
                "fd00::/129",
                "fd00::1/8",
                "1::2::3/16",
                "::ffff:10.0.0.0/104",
                "::ffff:0a00:0/8",
                ":/0"
            })
    void takesNothingElse(String range) {
        assertFalse(Interception.areCidrs(List.of(range)));
    }

    @Test
    void takesAllPortsAloneOnly() {
        assertTrue(Interception.canInclude(List.of("*")));
        assertTrue(Interception.canInclude(List.of("80", "9000-9010")));
        assertFalse(Interception.canInclude(List.of("*", "80")));
        assertFalse(Interception.canInclude(List.of()));
        assertFalse(Interception.canExclude(List.of("*")));
        assertTrue(Interception.canExclude(List.of()));
    }

    @Test
    void takesNoListsWithoutAnEnd() {
        assertFalse(Interception.canExclude(Collections.nCopies(257, "80")));
        assertFalse(Interception.areCidrs(Collections.nCopies(257, "10.0.0.0/8")));
    }
}
