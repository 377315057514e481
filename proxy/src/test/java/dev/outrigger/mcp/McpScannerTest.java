package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.mcp.McpFacts.Kind;
import dev.outrigger.mcp.McpFacts.Problem;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
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
                    .hasId());
        }

        @ParameterizedTest
        @ValueSource(strings = {"1", "-1.50e+3", "\"1\"", "\"\"", "null", "\"a\\u0041\\\"\\\\\u00e9\"", "0"})
        void keepsTheIdAsItStands(String id) {
            Scan scan = Scan.whole("{\"method\":\"ping\",\"id\": " + id + " }");

            assertEquals(Kind.REQUEST, scan.kind());
            assertTrue(scan.hasId());
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
            assertTrue(Scan.whole("").complete());
            assertFalse(Scan.start("").complete());
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
            assertFalse(Scan.start(json("{'method':'tools/call")).routable());
            assertFalse(Scan.start(json("{'method':'tools/call','params':{'name':'echo"))
                    .routable());
            assertTrue(Scan.start(json("{'method':'tools/call','params':{'name':'echo'"))
                    .routable());
            assertTrue(Scan.start(json("{'method':'tools/call','params':{}")).routable());
            assertTrue(Scan.start(json("{'method':'tools/list'")).routable());
            assertFalse(Scan.start(json("{'params':{'name':'echo'},'id':1")).routable());
            assertTrue(Scan.start("[").routable());
            assertTrue(Scan.start("}").routable());
            assertTrue(Scan.start(json("{'result':1}")).routable());
        }

        @Test
        void isCompleteAsSoonAsTheIdIsKnownToo() {
            assertFalse(Scan.start(json("{'method':'tools/call','params':{'name':'echo'},'jsonrpc':'2.0'"))
                    .complete());
            assertFalse(Scan.start(json("{'method':'ping','id':1")).complete());
            assertTrue(Scan.start(json("{'method':'ping','id':1,")).complete());
            assertTrue(Scan.start(json("{'method':'ping','id':'1'")).complete());
            assertTrue(Scan.start(json("{'id':1,'method':'tools/call','params':{'name':'echo'"))
                    .complete());
            assertFalse(Scan.start(json("{'method':'notifications/cancelled'")).complete());
            assertTrue(Scan.start(json("{'method':'notifications/cancelled'}")).complete());
        }

        @Test
        void aLaterContradictionStillCounts() {
            String complete = json("{'id':1,'method':'tools/call','params':{'name':'echo'}");

            assertTrue(Scan.start(complete).complete());
            assertEquals(
                    Kind.INVALID,
                    Scan.whole(complete + json(",'method':'ping'}")).kind());
            assertEquals(Kind.INVALID, Scan.whole(complete + "} x").kind());
            assertEquals(Kind.INVALID, Scan.whole(complete).kind());
        }
    }

    @Nested
    class Refusing {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{'method':'ping','method':'ping','id':1}",
                    "{'method':'ping','id':1,'\\u0069d':1}",
                    "{'method':'tools/call','params':{'name':'a'},'id':1,'params':{'name':'a'}}",
                    "{'method':'tools/call','params':{'name':'a','arguments':{},'n\\u0061me':'b'},'id':1}",
                    "{'params':{'name':'a','name':'a'}}"
                })
        void duplicateKeys(String body) {
            McpScanner scanner = new McpScanner();
            scanner.feed(utf8Buffer(json(body)));

            assertEquals(Problem.DUPLICATE_KEY, scanner.facts().problem());
            assertTrue(scanner.facts().hasDuplicateKeys());
            assertEquals(Kind.INVALID, scanner.facts().kind());
        }

        @Test
        void doesNotEchoOneOfTwoIds() {
            assertFalse(Scan.whole(json("{'method':'ping','id':1,'id':2}")).hasId());
            assertEquals(
                    "1",
                    Scan.whole(json("{'id':1,'method':'ping','method':'ping'}")).id());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{'Method':'ping','id':1}",
                    "{'method':'ping','ID':1}",
                    "{'method':'ping','id':1,'PARAMS':{}}",
                    "{'method':'ping','id':1,'param\u017f':{}}",
                    "{'method':'tools/call','params':{'Name':'a'},'id':1}",
                    "{'params':{'name':'a','NAME':'b'},'id':1,'method':'prompts/get'}"
                })
        void keysThatSomeReadersTakeForTheSame(String body) {
            assertEquals(Problem.AMBIGUOUS_KEY, Scan.whole(json(body)).problem());
        }

        @Test
        void leavesLookalikesAloneWhereTheyMeanNothing() {
            assertEquals(
                    Kind.REQUEST,
                    Scan.whole(json("{'method':'x/rename','params':{'Name':'a'},'id':1}"))
                            .kind());
            assertEquals(
                    Kind.REQUEST,
                    Scan.whole(
                                    json(
                                            "{'method':'tools/call','params':{'name':'a','arguments':{'Name':'b'}},'id':1,'IDs':2}"))
                            .kind());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{",
                    "}",
                    "]",
                    "{'method'}",
                    "{'method':}",
                    "{'method':'ping',}",
                    "{,}",
                    "{'id':1 'a':2}",
                    "{'a':1}}",
                    "{'a':1}{}",
                    "[1,]",
                    "[,]",
                    "[1 2]",
                    "{'a':[1}",
                    "{'a':{]}",
                    "nul",
                    "nulll",
                    "tru",
                    "truE",
                    "True",
                    "01",
                    "-",
                    "-a",
                    "1.",
                    "1.e1",
                    ".5",
                    "+1",
                    "1e",
                    "1e+",
                    "0x10",
                    "NaN",
                    "{a:1}",
                    "{'a':\\u0031}",
                    "{'a':'\\x'}",
                    "{'a':'\\u12g4'}",
                    "{'a':'\\u123'}",
                    "{'a':'\t'}",
                    "{'a':'\n'}",
                    "{'a':'b}",
                    "'",
                    "'\\",
                    "/**/{}",
                    "{}//",
                    "\f{}",
                    "\u00a0{}",
                    "{'a':1;}",
                    "{'a':[[[[[[[[{'b':tru}]]]]]]]],'xxxxxxxxxxxxxxxxxxx':1}",
                    "{'a':{'b':1,'c':'d' 'e'},'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx':1}",
                    "{'a':{'b':1,'c':'d',},'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx':1}",
                    "{'a':{'b':01,'c':'d'},'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx':1}",
                    "{'a':{'b':[1,],'c':'d'},'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx':1}",
                    "{'a':{'b':[ ],'c':{ },'d':[,]},'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx':1}"
                })
        void whatIsNotJson(String body) {
            assertEquals(Kind.INVALID, Scan.whole(json(body)).kind(), body);
            assertEquals(Kind.INVALID, Scan.whole("[" + json(body) + "]").kind(), body);
            String farFromTheEnd = "[[" + json(body) + "]" + " ".repeat(64) + "]";
            assertEquals(Kind.INVALID, Scan.whole(farFromTheEnd).kind(), body);
        }

        @Test
        void tellsCutOffFromWrong() {
            assertEquals(Problem.CUT_OFF, Scan.whole(json("{'method':'pi")).problem());
            assertEquals(Problem.CUT_OFF, Scan.whole("\ufeff").problem());
            assertEquals(Problem.CUT_OFF, Scan.whole("-").problem());
            assertEquals(Problem.NOT_JSON, Scan.whole("<html>").problem());
        }

        @Test
        void nestingBeyondSixtyFourLevels() {
            for (String padding : new String[] {"", " ".repeat(64)}) {
                assertEquals(
                        Kind.BATCH,
                        Scan.whole("[".repeat(64) + padding + "]".repeat(64)).kind());
                assertEquals(
                        Problem.TOO_DEEP,
                        Scan.whole("[".repeat(65) + padding + "]".repeat(65)).problem());
                String nested = "{\"a\":".repeat(61) + "[]" + "}".repeat(61) + padding;
                assertEquals(
                        Kind.REQUEST,
                        Scan.whole(json("{'method':'ping','id':1,'params':{'x':") + nested + "}}")
                                .kind());
                assertEquals(
                        Problem.TOO_DEEP,
                        Scan.whole(json("{'method':'ping','id':1,'params':{'x':[") + nested + "]}}")
                                .problem());
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"1", "null", "true", "{}", "[]"})
        void aMethodThatIsNoString(String method) {
            assertEquals(
                    Problem.BAD_METHOD,
                    Scan.whole("{\"id\":1,\"method\":" + method + "}").problem());
        }

        @ParameterizedTest
        @ValueSource(strings = {"true", "false", "{}", "[1]"})
        void anIdThatIsNeitherStringNorNumber(String id) {
            assertEquals(
                    Problem.BAD_ID,
                    Scan.whole("{\"method\":\"ping\",\"id\":" + id + "}").problem());
        }

        @Test
        void namesAndIdsThatAreNotUtf8() {
            for (byte[] broken :
                    new byte[][] {{(byte) 0xff}, {(byte) 0xc0, (byte) 0x80}, {(byte) 0xed, (byte) 0xa0, (byte) 0x80}}) {
                assertEquals(
                        Problem.NOT_UTF8,
                        Scan.whole(bytes(
                                        json("{'method':'tools/call','params':{'name':'a"), broken, json("'},'id':1}")))
                                .problem());
                assertEquals(
                        Problem.NOT_UTF8,
                        Scan.whole(bytes(json("{'method':'ping','id':'"), broken, json("'}")))
                                .problem());
                assertEquals(
                        Kind.REQUEST,
                        Scan.whole(bytes(json("{'method':'ping','id':1,'x':'"), broken, json("'}")))
                                .kind());
            }
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

                assertTrue(scan.nameOverlong());
                assertEquals("", scan.name());
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

                assertTrue(scan.hasId());
                assertTrue(scan.idOverlong());
                assertEquals("", scan.id());
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

    private static byte[] bytes(String before, byte[] middle, String after) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(before.getBytes(StandardCharsets.UTF_8));
        out.writeBytes(middle);
        out.writeBytes(after.getBytes(StandardCharsets.UTF_8));
        return out.toByteArray();
    }
}
