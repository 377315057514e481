package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.util.AsciiString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProtocolEraTest {
    @ParameterizedTest
    @ValueSource(strings = {"2026-07-28", "2026-07-29", "2026-11-01", "2027-01-01", "9999-99-99"})
    void isModernFromTheRevisionWithoutSessionsOn(String version) {
        assertTrue(ProtocolEra.isModern(version));
        assertTrue(ProtocolEra.isModern(new AsciiString(version)));
        assertEquals(ProtocolEra.MODERN, ProtocolEra.of(version, false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2024-11-05",
                "2025-03-26",
                "2025-06-18",
                "2025-11-25",
                "2026-07-27",
                "",
                "2026-07-28 ",
                "2026-07-2",
                "2026-07-280",
                "2026/07/28",
                "2027-1-001",
                "3000-01-0x",
                "latest",
                "\u0662\u0660\u0662\u0667-01-01"
            })
    void isLegacyBeforeThatAndForAnythingElse(String version) {
        assertFalse(ProtocolEra.isModern(version));
        assertEquals(ProtocolEra.LEGACY, ProtocolEra.of(version, false));
    }

    @Test
    void isModernWithAMethodHeader() {
        assertEquals(ProtocolEra.MODERN, ProtocolEra.of(null, true));
        assertEquals(ProtocolEra.MODERN, ProtocolEra.of("2025-11-25", true));
        assertEquals(ProtocolEra.LEGACY, ProtocolEra.of(null, false));
    }

    @Test
    void knowsAClosedSetOfRevisions() {
        assertSame(ProtocolEra.V2025_11_25, ProtocolEra.known(new AsciiString("2025-11-25")));
        assertSame(ProtocolEra.V2026_07_28, ProtocolEra.known("2026-07-28"));
        assertSame(ProtocolEra.OTHER_VERSION, ProtocolEra.known("2099-01-01"));
        assertNull(ProtocolEra.known(null));
    }
}
