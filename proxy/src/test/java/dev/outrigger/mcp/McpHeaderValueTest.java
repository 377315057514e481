package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class McpHeaderValueTest {
    /** The examples of the specification. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "us-west1|us-west1",
                "Hello, \u4e16\u754c|=?base64?SGVsbG8sIOS4lueVjA==?=",
                " padded |=?base64?IHBhZGRlZCA=?=",
                "=?base64?literal?=|=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?="
            })
    void matchesTheTextItStandsFor(String text, String header) {
        assertTrue(matches(header, text));
        assertTrue(matches(new AsciiString(header), text));
        assertEquals(text, McpHeaderValue.decode(header));
    }

    @Test
    void matchesNothingButTheWholeText() {
        assertFalse(matches("ech", "echo"));
        assertFalse(matches("echos", "echo"));
        assertFalse(matches("Echo", "echo"));
        assertFalse(matches("", "echo"));
        assertTrue(matches("", ""));
        assertTrue(matches("=?base64??=", ""));
        assertFalse(matches("=?base64?ZWNobw==?=", "ech"));
        assertFalse(matches("=?base64?ZWNobw==?=", "echo!"));
        assertFalse(matches("=?base64?ZWNobw==?=", "echa"));
        assertFalse(matches("=?base64?ZWNobw==?=", "=?base64?ZWNobw==?="));
    }

    @Test
    void looksOnlyAtTheLengthGiven() {
        assertTrue(McpHeaderValue.matches("ec", "echo".getBytes(StandardCharsets.UTF_8), 2));
        assertTrue(McpHeaderValue.matches("=?base64?ZWM=?=", "echo".getBytes(StandardCharsets.UTF_8), 2));
    }

    /** Not whole groups, characters of other alphabets, padding in the middle, stray bits behind the last byte. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "=?base64?ZWNobw?=",
                "=?base64?ZWNobw=?=",
                "=?base64?ZWNob-==?=",
                "=?base64?ZWNo w==?=",
                "=?base64?ZW=obw==?=",
                "=?base64?Z===?=",
                "=?base64?====?=",
                "=?base64?ZWNobx==?=",
                "=?base64?ZWN=?=",
                "=?base64?ZWNob\u00e9==?="
            })
    void refusesWhatIsNotCanonicalBase64(String header) {
        assertFalse(matches(header, "echo"));
        assertFalse(matches(header, header));
        assertFalse(matches(header, ""));
        assertNull(McpHeaderValue.decode(header));
    }

    @ParameterizedTest
    @ValueSource(strings = {"=?BASE64?ZWNobw==?=", "=?base64?ZWNobw==", "=?base64?=", " =?base64?ZWNobw==?="})
    void takesWhatIsMarkedOtherwiseForPlain(String header) {
        assertFalse(matches(header, "echo"));
        assertTrue(matches(header, header));
        assertEquals(header, McpHeaderValue.decode(header));
    }

    @Test
    void matchesNothingPlainBeyondAscii() {
        assertFalse(matches("caf\u00e9", "caf\u00e9"));
        assertFalse(matches("caf\u00c3\u00a9", "caf\u00e9"));
        assertNull(McpHeaderValue.decode("caf\u00e9"));
    }

    @Test
    void decodesOnlyUtf8() {
        assertNull(McpHeaderValue.decode("=?base64?/w==?="));
    }

    @Property(tries = 1000)
    void agreesWithTheEncoder(@ForAll byte[] text, @ForAll byte other) {
        String header = "=?base64?" + Base64.getEncoder().encodeToString(text) + "?=";
        assertTrue(McpHeaderValue.matches(header, text, text.length));
        byte[] longer = Arrays.copyOf(text, text.length + 1);
        longer[text.length] = other;
        assertFalse(McpHeaderValue.matches(header, longer, longer.length));
        longer[0] ^= 1;
        assertEquals(text.length == 0, McpHeaderValue.matches(header, longer, text.length));
    }

    private static boolean matches(CharSequence header, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return McpHeaderValue.matches(header, bytes, bytes.length);
    }
}
