package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.json.NaiveJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetaTraceTest {
    private static final String TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final String STATE = "a=\"1\\2\",b=2";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'method':'ping'}|{'params':{'_meta':{T}},'method':'ping'}",
                "{'method':'ping','params':{}}|{'method':'ping','params':{'_meta':{T}}}",
                "{'method':'ping','params':{ }}|{'method':'ping','params':{'_meta':{T} }}",
                "{'params':{'a':1},'method':'ping'}|{'params':{'_meta':{T},'a':1},'method':'ping'}",
                "{'params':{'_meta':{}},'method':'ping'}|{'params':{'_meta':{T}},'method':'ping'}",
                "{'method':'ping','params':{'_meta':{'a':1}}}|{'method':'ping','params':{'_meta':{T,'a':1}}}"
            })
    void putsTheContextWhereItBelongs(String before, String after) {
        String expected = after.replace("T", "'traceparent':'" + TRACEPARENT + "'");

        assertEquals(expected.replace('\'', '"'), inserted(before.replace('\'', '"'), TRACEPARENT, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'method':'ping','params':{'_meta':{'traceparent':'anything'}}}",
                "{'method':'ping','params':{'_meta':{'traceparent':null}}}",
                "{'method':'ping','params':{'_meta':null}}",
                "{'method':'ping','params':null}",
                "{'method':'ping','params':[]}",
                "{'id':1,'result':{}}",
                "[{'method':'ping'}]",
                "{'method':'ping'",
                "{'method':'ping','method':'ping'}",
                "7",
                ""
            })
    void leavesAlone(String message) {
        assertNull(inserted(message.replace('\'', '"'), TRACEPARENT, null));
    }

    @Test
    void waitsForTheEndOfTheMessage() {
        McpScanner scanner = scanner("{\"method\":\"ping\",\"id\":1,\"params\":{\"a\":1}");
        assertNull(MetaTrace.of(scanner.facts(), TRACEPARENT, null));
    }

    @Test
    void addsTheStateUnlessThereIsOne() {
        assertEquals(
                "{\"method\":\"ping\",\"params\":{\"_meta\":{\"traceparent\":\"" + TRACEPARENT
                        + "\",\"tracestate\":\"a=\\\"1\\\\2\\\",b=2\"}}}",
                inserted("{\"method\":\"ping\",\"params\":{}}", TRACEPARENT, STATE));
        assertEquals(
                "{\"method\":\"ping\",\"params\":{\"_meta\":{\"traceparent\":\"" + TRACEPARENT
                        + "\",\"tracestate\":\"x=1\"}}}",
                inserted("{\"method\":\"ping\",\"params\":{\"_meta\":{\"tracestate\":\"x=1\"}}}", TRACEPARENT, STATE));
    }

    @Property(tries = 3000)
    void keepsAllOtherBytesAndIsFoundAgain(@ForAll("messages") byte[] message) {
        McpScanner before = scanner(message);
        MetaTrace.Insertion insertion = MetaTrace.of(before.facts(), TRACEPARENT, STATE);
        if (insertion == null) {
            return;
        }
        byte[] changed = with(insertion, message);
        McpScanner after = scanner(changed);

        assertTrue(NaiveJson.parse(changed, 64).isPresent());
        assertEquals(before.facts().kind(), after.facts().kind());
        assertEquals(before.facts().method(), after.facts().method());
        assertEquals(before.facts().idText(), after.facts().idText());
        assertEquals(before.facts().nameText(), after.facts().nameText());
        assertEquals(TRACEPARENT, after.facts().meta().traceparentText());
        assertTrue(after.facts().meta().has(McpMember.TRACESTATE));
        assertNull(MetaTrace.of(after.facts(), TRACEPARENT, STATE));
    }

    @Provide
    Arbitrary<byte[]> messages() {
        return Arbitraries.randomValue(Messages::message);
    }

    private static @Nullable String inserted(String message, String traceparent, @Nullable String tracestate) {
        MetaTrace.Insertion insertion = MetaTrace.of(scanner(message).facts(), traceparent, tracestate);
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        return insertion == null ? null : new String(with(insertion, bytes), StandardCharsets.UTF_8);
    }

    private static byte[] with(MetaTrace.Insertion insertion, byte[] message) {
        int at = Math.toIntExact(insertion.offset());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(message, 0, at);
        out.writeBytes(insertion.text());
        out.write(message, at, message.length - at);
        return out.toByteArray();
    }

    private static McpScanner scanner(String message) {
        return scanner(message.getBytes(StandardCharsets.UTF_8));
    }

    private static McpScanner scanner(byte[] message) {
        McpScanner scanner = new McpScanner();
        scanner.feed(message, 0, message.length);
        return scanner;
    }
}
