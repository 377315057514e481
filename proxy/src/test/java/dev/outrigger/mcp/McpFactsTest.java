package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found in requests and notifications, by the names that users of the facts know. */
class McpFactsTest {
    private static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @Test
    void tellsAllOfACall() {
        McpFacts facts = facts("{'jsonrpc':'2.0','id':'a1','method':'tools/call','params':{'_meta':{"
                + "'io.modelcontextprotocol/protocolVersion':'2026-07-28','progressToken':'p\\u0031','traceparent':'"
                + TRACEPARENT
                + "','tracestate':'rojo=1'},'name':'caf\\u00e9','inputResponses':{},'requestState':'s'}}");

        assertEquals(McpFacts.Kind.REQUEST, facts.kind());
        assertTrue(facts.isOver());
        assertEquals("\"a1\"", facts.idText());
        assertEquals("caf\u00e9", facts.nameText());
        assertEquals("2026-07-28", facts.meta().protocolVersionText());
        assertEquals(TRACEPARENT, facts.meta().traceparentText());
        assertEquals("rojo=1", facts.meta().tracestateText());
        assertEquals("\"p\\u0031\"", facts.meta().progressToken().text());
        assertTrue(facts.params().hasInputResponses());
        assertTrue(facts.params().hasRequestState());
        assertFalse(facts.params().hasCursor());
        FactText subject = facts.subject();
        assertNotNull(subject);
        assertEquals(facts.nameText(), subject.text());
    }

    @Test
    void whatIsAbsentIsNull() {
        McpFacts facts = facts("{'method':'ping'}");

        assertNull(facts.idText());
        assertNull(facts.nameText());
        assertNull(facts.uriText());
        assertNull(facts.taskIdText());
        assertNull(facts.subject());
        assertNull(facts.params().requestIdText());
        assertNull(facts.params().protocolVersionText());
        assertNull(facts.meta().traceparentText());
        assertNull(facts.meta().tracestateText());
        assertNull(facts.meta().protocolVersionText());
        assertNull(facts.answer().taskIdText());
        assertNull(facts.answer().protocolVersionText());
        assertNull(facts("{}").subject());
    }

    @ParameterizedTest
    @CsvSource({
        "tools/call, name",
        "prompts/get, name",
        "resources/read, uri",
        "resources/unsubscribe, uri",
        "tasks/get, taskId",
        "tasks/update, taskId"
    })
    void theSubjectIsWhatTheMethodIsAbout(String method, String member) {
        FactText subject = facts(
                        "{'params':{'name':'name','uri':'uri','taskId':'taskId'},'method':'" + method + "','id':1}")
                .subject();

        assertNotNull(subject);
        assertEquals(member, subject.text());
        assertArrayEquals(member.getBytes(StandardCharsets.UTF_8), Arrays.copyOf(subject.bytes(), subject.length()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "-1.5e3", "'7'", "'a\\n'"})
    void keepsTheIdOfACancelledRequestAsItStands(String id) {
        McpFacts facts = facts(
                "{'method':'notifications/cancelled','params':{'reason':{'requestId':0},'requestId': " + id + " }}");

        assertEquals(McpFacts.Kind.NOTIFICATION, facts.kind());
        assertEquals(id.replace('\'', '"'), facts.params().requestIdText());
    }

    @Test
    void keepsTheTokenOfProgressAsItStands() {
        McpFacts facts = facts("{'method':'notifications/progress','params':{'progressToken':12,'progress':1}}");

        assertEquals("12", facts.params().progressToken().text());
        assertFalse(facts.meta().progressToken().isPresent());
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "true", "{}", "[1,{'name':'x'}]"})
    void textsOfOtherTypesAreAbsent(String value) {
        String body = "{'method':'x','params':{'name':#,'uri':#,'taskId':#,'requestId':#,'progressToken':#,'_meta':"
                + "{'traceparent':#,'progressToken':#,'io.modelcontextprotocol/protocolVersion':#}},'id':1}";
        McpFacts facts = facts(body.replace("#", value));

        assertEquals(McpFacts.Kind.REQUEST, facts.kind());
        assertNull(facts.nameText());
        assertFalse(facts.uri().isPresent());
        assertFalse(facts.taskId().isPresent());
        assertFalse(facts.params().requestId().isPresent());
        assertFalse(facts.params().progressToken().isPresent());
        assertFalse(facts.meta().traceparent().isPresent());
        assertFalse(facts.meta().progressToken().isPresent());
        assertFalse(facts.meta().protocolVersion().isPresent());
    }

    @ParameterizedTest
    @CsvSource({"uri, 1024", "taskId, 256", "name, 256"})
    void textsBeyondTheirLimitAreNotKept(String member, int limit) {
        String before = "{'method':'x','params':{'" + member + "':'";

        assertEquals(
                limit,
                Scan.whole(json(before + "x".repeat(limit) + "'}}"))
                        .fact(member)
                        .length());
        for (String text : new String[] {"x".repeat(limit + 1), "\\u00e9".repeat(limit / 2 + 1), "x".repeat(9000)}) {
            assertEquals(Scan.OVERLONG, Scan.whole(json(before + text + "'}}")).fact(member));
        }
    }

    @Test
    void anOverlongTextIsPresentAndEmpty() {
        FactText uri = facts("{'params':{'uri':'" + "x".repeat(1025) + "'}}").uri();

        assertTrue(uri.isPresent());
        assertTrue(uri.isOverlong());
        assertEquals(0, uri.length());
        assertNull(uri.text());
        FactText empty = facts("{'params':{'uri':''}}").uri();
        assertTrue(empty.isPresent());
        assertEquals("", empty.text());
    }

    @Test
    void saysWhereMembersCanBePutIn() {
        String body = json(" {'id':1,'params': {'name':'a' , '_meta' :{ 'x':1} }}");
        McpFacts facts = facts(body);

        assertEquals(body.indexOf('{') + 1, facts.rootMembersAt());
        assertEquals(body.indexOf("\"name\""), facts.paramsMembersAt());
        assertEquals(body.indexOf(" \"x\""), facts.metaMembersAt());
        assertTrue(facts.hasParams());
        assertTrue(facts.paramsIsObject());
        assertTrue(facts.hasMeta());
        assertFalse(facts.isParamsEmpty());
        assertFalse(facts.isMetaEmpty());
    }

    @Test
    void tellsEmptyObjectsFromOthersAndFromNone() {
        McpFacts empty = facts("{'params':{'_meta':{ }}}");
        assertTrue(empty.isMetaEmpty());
        assertFalse(empty.isParamsEmpty());
        assertTrue(facts("{'params':{\n}}").isParamsEmpty());

        for (String other : new String[] {"[{}]", "7", "null", "'x'"}) {
            McpFacts facts = facts("{'params':" + other + "}");
            assertTrue(facts.hasParams());
            assertFalse(facts.paramsIsObject());
            assertEquals(-1, facts.paramsMembersAt());
            McpFacts meta = facts("{'params':{'_meta':" + other + "}}");
            assertTrue(meta.hasMeta());
            assertEquals(-1, meta.metaMembersAt());
        }
        McpFacts none = facts("{}");
        assertFalse(none.hasParams());
        assertEquals(-1, none.paramsMembersAt());
        assertFalse(none.isParamsEmpty());
        assertEquals(-1, facts("[]").rootMembersAt());
    }

    @Test
    void countsOffsetsFromTheFirstByteFedWhateverThePieces() {
        byte[] body = json("{'id':1,'params':{'_meta':{'x':1}}}").getBytes(StandardCharsets.UTF_8);
        McpScanner scanner = new McpScanner();
        for (byte b : body) {
            scanner.feed(new byte[] {0, 0, b}, 2, 3);
        }

        assertEquals(1, scanner.facts().rootMembersAt());
        assertEquals(18, scanner.facts().paramsMembersAt());
        assertEquals(27, scanner.facts().metaMembersAt());
    }

    @Test
    void theMetaOfAResultOrOfAnArgumentIsNotThatOfTheParams() {
        assertFalse(facts("{'id':1,'result':{'_meta':{'traceparent':'a'}}}").hasMeta());
        assertFalse(facts("{'id':1,'_meta':{'traceparent':'a'},'params':{'a':{'_meta':{'traceparent':'a'}}}}")
                .hasMeta());
    }

    @Test
    void staysTheSameObject() {
        McpScanner scanner = new McpScanner();
        McpFacts facts = scanner.facts();
        scanner.reset();

        assertSame(facts, scanner.facts());
    }

    private static McpFacts facts(String body) {
        byte[] bytes = json(body).getBytes(StandardCharsets.UTF_8);
        McpScanner scanner = new McpScanner();
        scanner.feed(bytes, 0, bytes.length);
        scanner.end();
        return scanner.facts();
    }

    private static String json(String withSingleQuotes) {
        return withSingleQuotes.replace('\'', '"');
    }
}
