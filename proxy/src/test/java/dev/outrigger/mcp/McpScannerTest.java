package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.mcp.McpFacts.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class McpScannerTest {
    private static final String TYPESCRIPT_CALL = """
            {"method":"tools/call","params":{"name":"echo","arguments":{"name":"other","id":9,"method":"ping"},\
            "_meta":{"progressToken":7}},"jsonrpc":"2.0","id":3}""";

    @Nested
    class Reading {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{'method':'tools/call','params':{'name':'echo','arguments':{'m':'hi'}},'jsonrpc':'2.0','id':3}",
                    "{'jsonrpc':'2.0','id':3,'method':'tools/call','params':{'arguments':{'m':'hi'},'name':'echo'}}",
                    "{'params':{'name':'echo'},'id':3,'jsonrpc':'2.0','method':'tools/call'}",
                    " \r\n\t{ 'id' : 3 , 'params' : { 'name' : 'echo' } , 'method' : 'tools/call' } \n",
                    "{'m\\u0065thod':'tools\\/call','\\u0070arams':{'n\\u0061me':'e\\u0063ho'},'\\u0069d':3}",
                })
        void findsACallInAnyOrderAndSpelling(String body) {
            Scan scan = Scan.whole(json(body));

            assertEquals(Kind.REQUEST, scan.kind());
            assertEquals(McpMethod.TOOLS_CALL, scan.method());
            assertEquals("echo", scan.name());
            assertEquals("3", scan.id());
        }

        @Test
        void ignoresTheSameKeysDeeperDown() {
            Scan scan = Scan.whole(TYPESCRIPT_CALL);

            assertEquals(McpMethod.TOOLS_CALL, scan.method());
            assertEquals("echo", scan.name());
            assertEquals("3", scan.id());
            assertFalse(Scan.whole(json("{'x':{'method':'ping','id':1,'params':{'name':'n'}}}"))
                    .has("id"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"1", "-1.50e+3", "\"1\"", "\"\"", "null", "\"a\\u0041\\\"\\\\\u00e9\"", "0"})
        void keepsTheIdAsItStands(String id) {
            Scan scan = Scan.whole("{\"method\":\"ping\",\"id\": " + id + " }");

            assertEquals(Kind.REQUEST, scan.kind());
            assertTrue(scan.has("id"));
            assertEquals(id, utf8(scan.id()));
        }

        @ParameterizedTest
        @CsvSource({
            "caf\\u00e9, caf\u00e9",
            "\\ud83d\\ude00, \ud83d\ude00",
            "\\ud83d, \ufffd",
            "\\ude00\\ud83dx, \ufffd\ufffdx",
            "\\ud83d\\ud83d\\ude00, \ufffd\ud83d\ude00",
            "\\ud83d\\n, '\ufffd\n'",
            "\\\"\\\\\\/\\b\\f\\n\\r\\t|, '\"\\/\b\f\n\r\t|'"
        })
        void decodesTheName(String written, String meant) {
            assertEquals(meant, utf8(Scan.whole(call(written)).name()));
        }

        @Test
        void takesAByteOrderMark() {
            assertEquals(Kind.REQUEST, Scan.whole("\ufeff" + TYPESCRIPT_CALL).kind());
            assertEquals(Kind.INVALID, Scan.whole(" \ufeff" + TYPESCRIPT_CALL).kind());
        }

        @Test
        void toleratesParamsAndNamesThatAreNotWhatTheyShouldBe() {
            for (String params : new String[] {"[{'name':'n'}]", "'name'", "7", "null", "{'name':{'name':'n'}}"}) {
                Scan scan = Scan.whole(json("{'method':'tools/call','params':" + params + ",'id':1}"));

                assertEquals(Kind.REQUEST, scan.kind(), params);
                assertEquals("", scan.name(), params);
            }
        }

        @Test
        void readsADirectBufferThroughItsWindowAndLeavesItAlone() {
            String longCall = json("{'method':'tools/call','params':{'arguments':{'t':'" + "x".repeat(20_000)
                    + "'},'name':'echo'},'id':3}");
            ByteBuf body = Unpooled.directBuffer().writeZero(5).writeBytes(longCall.getBytes(StandardCharsets.UTF_8));
            body.readerIndex(5);
            McpScanner scanner = new McpScanner();
            try {
                scanner.feed(body);

                assertEquals(Kind.REQUEST, scanner.facts().kind());
                assertEquals("echo", Scan.of(scanner.facts()).name());
                assertEquals(5, body.readerIndex());
                assertEquals(1, body.refCnt());
            } finally {
                body.release();
            }
        }

        @Test
        void startsAfreshAfterReset() {
            McpScanner scanner = new McpScanner();
            scanner.feed(utf8Buffer("{\"method\":\"tools/call\",\"id\":\"" + "x".repeat(300) + "\",\"id\":2"));
            scanner.reset();
            assertEquals(Scan.of(new McpScanner().facts()), Scan.of(scanner.facts()));

            for (String other :
                    new String[] {"{'method':'pi", "{'params':{'Name':1", "{'id':'\\ud83d", "{'id':1,'id'", "["}) {
                scanner.feed(utf8Buffer(json(other)));
                scanner.reset();
                scanner.feed(utf8Buffer(TYPESCRIPT_CALL));
                scanner.end();
                assertEquals(Scan.whole(TYPESCRIPT_CALL), Scan.of(scanner.facts()), other);
                scanner.reset();
            }
        }
    }

    @Nested
    class Kinds {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "REQUEST      | {'method':'ping','id':1}",
                    "REQUEST      | {'id':null,'method':'no/such'}",
                    "REQUEST      | {'method':'ping','id':1,'result':{}}",
                    "NOTIFICATION | {'method':'notifications/initialized','jsonrpc':'2.0'}",
                    "RESPONSE     | {'jsonrpc':'2.0','id':1,'result':{'method':'ping'}}",
                    "RESPONSE     | {'error':{'code':1,'message':'m'},'id':null}",
                    "BATCH        | [{'method':'ping','id':1}]",
                    "BATCH        | []",
                    "NONE         | {}",
                    "NONE         | {'hello':'world','id':1}",
                    "NONE         | 42",
                    "NONE         | 'text'",
                    "NONE         | ' '",
                    "NONE         | true"
                })
        void areToldApart(Kind kind, String body) {
            assertEquals(kind, Scan.whole(json(body)).kind());
        }

        @Test
        void anEmptyBodyIsNone() {
            assertEquals(Kind.NONE, Scan.whole("").kind());
            assertEquals(Kind.NONE, Scan.whole(" \n").kind());
            assertEquals(Kind.NONE, Scan.start("").kind());
            assertTrue(Scan.whole("").over());
            assertFalse(Scan.start("").over());
        }

        @Test
        void anUnknownMethodIsOther() {
            assertEquals(
                    McpMethod.OTHER,
                    Scan.whole(json("{'method':'Tools/Call','id':1}")).method());
            assertEquals(
                    McpMethod.OTHER, Scan.whole(json("{'method':'','id':1}")).method());
            assertEquals(
                    McpMethod.OTHER,
                    Scan.whole(json("{'method':'" + "ping".repeat(100) + "','id':1}"))
                            .method());
            assertNull(Scan.whole(json("{'result':1,'id':1}")).method());
        }
    }

    @Nested
    class Progress {
        @Test
        void isUndecidedUntilMethodAndIdAreKnown() {
            assertEquals(Kind.UNDECIDED, Scan.start("{").kind());
            assertEquals(Kind.UNDECIDED, Scan.start(json("{'method':'ping'")).kind());
            assertEquals(Kind.UNDECIDED, Scan.start(json("{'id':1,'result':{}")).kind());
            assertEquals(
                    Kind.REQUEST, Scan.start(json("{'method':'ping','id':1,")).kind());
            assertEquals(Kind.BATCH, Scan.start("[").kind());
            assertEquals(
                    Kind.NOTIFICATION, Scan.start(json("{'method':'ping'}")).kind());
        }

        @Test
        void isRoutableAsSoonAsMethodAndNameAreKnown() {
            assertFalse(routable("{'method':'tools/call"));
            assertFalse(routable("{'method':'tools/call','params':{'name':'echo"));
            assertTrue(routable("{'method':'tools/call','params':{'name':'echo'"));
            assertTrue(routable("{'method':'tools/list'"));
            assertFalse(routable("{'params':{'name':'echo'},'id':1"));
            assertFalse(routable("[{'method':'ping'}"));
            assertTrue(routable("[{'method':'ping'}]"));
            assertTrue(routable("}"));
            assertTrue(routable("{'result':1}"));
        }

        @Test
        void isCompleteAsSoonAsTheIdIsKnownToo() {
            assertFalse(complete("{'method':'tools/call','params':{'name':'echo'},'jsonrpc':'2.0'"));
            assertFalse(complete("{'method':'ping','id':1"));
            assertTrue(complete("{'method':'ping','id':1,"));
            assertTrue(complete("{'id':1,'method':'tools/call','params':{'name':'echo'"));
            assertFalse(complete("{'method':'notifications/cancelled'"));
            assertTrue(complete("{'method':'notifications/cancelled'}"));
        }

        private boolean routable(String beginning) {
            return facts(beginning).isRoutable();
        }

        private boolean complete(String beginning) {
            return facts(beginning).isComplete();
        }

        private McpFacts facts(String beginning) {
            McpScanner scanner = new McpScanner();
            scanner.feed(utf8Buffer(json(beginning)));
            return scanner.facts();
        }

        @Test
        void aLaterContradictionStillCounts() {
            String complete = json("{'id':1,'method':'tools/call','params':{'name':'echo'}");

            assertFalse(Scan.start(complete).over());
            assertTrue(Scan.start(complete + "}").over());
            assertEquals(
                    Kind.INVALID,
                    Scan.whole(complete + json(",'method':'ping'}")).kind());
            assertEquals(Kind.INVALID, Scan.whole(complete + "} x").kind());
            assertEquals(Kind.INVALID, Scan.whole(complete).kind());
        }
    }

    @Nested
    class Bounds {
        @Test
        void namesOfMoreThan256BytesAreNotKept() {
            assertEquals(256, Scan.whole(call("n".repeat(256))).name().length());
            for (String name :
                    new String[] {"n".repeat(257), "n".repeat(256) + "\\n", "\\u00e9".repeat(129), "n".repeat(5000)}) {
                Scan scan = Scan.whole(call(name));

                assertTrue(scan.name().equals(Scan.OVERLONG));
                assertEquals(Kind.REQUEST, scan.kind());
            }
        }

        @Test
        void idsOfMoreThan256BytesAreNotKept() {
            assertEquals(
                    256,
                    Scan.whole(json("{'method':'ping','id':'" + "x".repeat(254) + "'}"))
                            .id()
                            .length());
            for (String id : new String[] {"'" + "x".repeat(255) + "'", "1".repeat(257)}) {
                Scan scan = Scan.whole(json("{'method':'ping','id':" + id + "}"));

                assertTrue(scan.has("id"));
                assertTrue(scan.id().equals(Scan.OVERLONG));
                assertEquals(Kind.REQUEST, scan.kind());
            }
        }
    }

    private static String call(String name) {
        return "{\"method\":\"tools/call\",\"params\":{\"name\":\"" + name + "\"},\"id\":1}";
    }

    private static String json(String withSingleQuotes) {
        return withSingleQuotes.replace('\'', '"');
    }

    /** {@link Scan} holds bytes as they came, one per char. */
    private static String utf8(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static ByteBuf utf8Buffer(String text) {
        return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8));
    }
}
