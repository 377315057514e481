package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.mcp.McpFacts.Kind;
import dev.outrigger.mcp.McpFacts.Problem;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What makes a message invalid. */
class McpScannerRefusalTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'method':'ping','method':'ping','id':1}",
                "{'method':'ping','id':1,'\\u0069d':1}",
                "{'method':'tools/call','params':{'name':'a'},'id':1,'params':{'name':'a'}}",
                "{'method':'tools/call','params':{'name':'a','arguments':{},'n\\u0061me':'b'},'id':1}",
                "{'params':{'name':'a','name':'a'}}",
                "{'method':'resources/read','params':{'uri':'a','uri':'a'},'id':1}",
                "{'method':'tasks/get','params':{'taskId':'a','taskId':'a'},'id':1}",
                "{'method':'tools/call','params':{'taskId':1,'taskId':2},'id':1}",
                "{'method':'notifications/cancelled','params':{'requestId':1,'requestId':2}}",
                "{'method':'notifications/progress','params':{'progressToken':1,'progressToken':2}}",
                "{'method':'initialize','params':{'protocolVersion':1,'protocolVersion':2},'id':1}",
                "{'method':'tools/list','params':{'cursor':1,'cursor':2},'id':1}",
                "{'method':'tools/call','params':{'inputResponses':{},'inputResponses':{}},'id':1}",
                "{'method':'tools/call','params':{'requestState':'','requestState':''},'id':1}",
                "{'method':'tools/call','params':{'_meta':{},'_meta':{}},'id':1}",
                "{'method':'tools/call','params':{'_meta':{'traceparent':'a','traceparent':'a'}},'id':1}",
                "{'method':'tools/call','params':{'_meta':{'tracestate':'a','tracestate':'a'}},'id':1}",
                "{'method':'ping','params':{'_meta':{'progressToken':1,'progressToken':1}},'id':1}",
                "{'params':{'_meta':{'io.modelcontextprotocol/protocolVersion':1,'io.modelcontextprotocol/protocolVersion':1}}}"
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
        assertFalse(Scan.whole(json("{'method':'ping','id':1,'id':2}")).has("id"));
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
                "{'params':{'name':'a','NAME':'b'},'id':1,'method':'prompts/get'}",
                "{'method':'resources/read','params':{'Uri':'a'},'id':1}",
                "{'params':{'uRI':'a'},'id':1,'method':'resources/subscribe'}",
                "{'method':'tasks/get','params':{'taskid':'a'},'id':1}",
                "{'method':'tasks/cancel','params':{'ta\u017fk\u0049d':'a'},'id':1}",
                "{'method':'tasks/update','params':{'tas\u212aId':'a'},'id':1}",
                "{'method':'tasks/result','params':{'TA\u017f\u212aID':'a'},'id':1}"
            })
    void keysThatSomeReadersTakeForTheSame(String body) {
        assertEquals(Problem.AMBIGUOUS_KEY, Scan.whole(json(body)).problem());
    }

    @Test
    void leavesLookalikesAloneWhereTheyMeanNothing() {
        for (String body : new String[] {
            "{'method':'x/rename','params':{'Name':'a'},'id':1}",
            "{'method':'tools/call','params':{'name':'a','Uri':'b','TASKID':'c'},'id':1}",
            "{'method':'resources/read','params':{'uri':'a','Name':'b'},'id':1}",
            "{'method':'tasks/get','params':{'taskId':'a','ta\u017f\u212a\u212aId':'b','t\u00e4skId':'c'},'id':1}",
            "{'method':'tools/call','params':{'name':'a','_META':{},'Cursor':1},'id':1}",
            "{'method':'tools/call','params':{'progressToken':1,'_meta':{'progressToken':1,'TraceParent':''}},'id':1}"
        }) {
            assertEquals(Kind.REQUEST, Scan.whole(json(body)).kind(), body);
        }
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
        String farFromTheEnd = "{\"x\":[" + json(body) + "]" + " ".repeat(64) + "}";
        for (String document : new String[] {"{\"x\":" + json(body) + "}", farFromTheEnd}) {
            Problem problem = Scan.whole(document).problem();

            assertTrue(problem == Problem.NOT_JSON || problem == Problem.CUT_OFF, document);
        }
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
                    Kind.NONE,
                    Scan.whole("{\"x\":" + "[".repeat(63) + padding + "]".repeat(63) + "}")
                            .kind());
            assertEquals(
                    Problem.TOO_DEEP,
                    Scan.whole("{\"x\":" + "[".repeat(64) + padding + "]".repeat(64) + "}")
                            .problem());
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
                    Scan.whole(bytes(json("{'method':'tools/call','params':{'name':'a"), broken, json("'},'id':1}")))
                            .problem());
            assertEquals(
                    Problem.NOT_UTF8,
                    Scan.whole(bytes(json("{'method':'ping','id':'"), broken, json("'}")))
                            .problem());
            assertEquals(
                    Problem.NOT_UTF8,
                    Scan.whole(bytes(json("{'params':{'_meta':{'traceparent':'"), broken, json("'}}}")))
                            .problem());
            assertEquals(
                    Kind.REQUEST,
                    Scan.whole(bytes(json("{'method':'ping','id':1,'x':'"), broken, json("'}")))
                            .kind());
        }
    }

    private static String json(String withSingleQuotes) {
        return withSingleQuotes.replace('\'', '"');
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
