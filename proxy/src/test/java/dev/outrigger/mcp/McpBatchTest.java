package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.mcp.McpFacts.Kind;
import dev.outrigger.mcp.McpFacts.Problem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class McpBatchTest {
    @Test
    void givesEachMessageAsIfItStoodAlone() {
        Scan batch = Scan.whole(
                json(
                        "[{'id':1,'method':'tools/call','params':{'name':'a'}},"
                                + "{'method':'notifications/cancelled','params':{'requestId':1}} , {'id':'x','result':{'isError':true}},{}]"));

        assertEquals(Kind.BATCH, batch.kind());
        assertTrue(batch.has("batch.4"));
        assertEquals(
                List.of(Kind.REQUEST, Kind.NOTIFICATION, Kind.RESPONSE, Kind.NONE),
                batch.elements().stream().map(Scan::kind).toList());
        Scan call = batch.elements().get(0);
        assertEquals("a", call.name());
        assertTrue(call.over());
        Scan cancelled = batch.elements().get(1);
        assertEquals("1", cancelled.fact("requestId"));
        assertFalse(cancelled.has("id"));
        assertFalse(cancelled.has("name"));
        assertTrue(batch.elements().get(2).has("result.isError"));
        assertFalse(batch.elements().get(3).has("result"));
    }

    @Test
    void countsOffsetsFromTheFirstByteOfTheBatch() {
        String body = json("[{'id':1,'params':{'a':1}},{'id':2,'params':{'b':1}}]");
        Scan second = Scan.whole(body).elements().get(1);

        assertTrue(second.has("at." + body.indexOf("\"id\":2")));
        assertTrue(second.has("params.at." + body.indexOf("\"b\"")));
    }

    @Test
    void anEmptyOneIsABatch() {
        Scan batch = Scan.whole(" [ ] ");

        assertEquals(Kind.BATCH, batch.kind());
        assertTrue(batch.has("batch.0"));
        assertTrue(batch.over());
    }

    @Test
    void theSameKeyInTwoMessagesIsNoDuplicate() {
        assertEquals(
                Kind.BATCH,
                Scan.whole(json("[{'id':1,'method':'ping'},{'id':1,'method':'ping'}]"))
                        .kind());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "BAD_ELEMENT   | [{'id':1},[{'id':2}]]",
                "BAD_ELEMENT   | [{'id':1},7]",
                "BAD_ELEMENT   | [{'id':1},null,{'id':2}]",
                "DUPLICATE_KEY | [{'id':1},{'id':2,'id':3},{'id':4}]",
                "AMBIGUOUS_KEY | [{'id':1},{'params':{'Name':'a'},'method':'tools/call'}]",
                "BAD_METHOD    | [{'id':1},{'method':1}]",
                "BAD_ID        | [{'id':1},{'id':{}}]",
                "CUT_OFF       | [{'id':1},{'method':'p",
                "CUT_OFF       | [{'id':1}",
                "NOT_JSON      | [{'id':1},]",
                "NOT_JSON      | [{'id':1}] x"
            })
    void oneSpoiltMessageSpoilsIt(Problem problem, String body) {
        Scan batch = Scan.whole(json(body));

        assertEquals(problem, batch.problem());
        assertEquals(Kind.INVALID, batch.kind());
        assertTrue(batch.has("batch.1"));
        assertEquals(1, batch.elements().size());
    }

    @Test
    void holdsAHundredMessagesAndNoMore() {
        String hundred = "{},".repeat(99) + "{}";

        assertEquals(Kind.BATCH, Scan.whole("[" + hundred + "]").kind());
        assertEquals(Problem.TOO_MANY, Scan.whole("[" + hundred + ",{}]").problem());
    }

    @Test
    void givesAMessageAsSoonAsItEnds() {
        List<String> ids = new ArrayList<>();
        McpScanner scanner = new McpScanner();
        scanner.elements(element -> ids.add(element.idText()));
        feed(scanner, "[{'id':1");
        assertEquals(List.of(), ids);
        feed(scanner, "}");
        assertEquals(List.of("1"), ids);
        assertFalse(scanner.facts().isOver());
        feed(scanner, ",{'id':2}]");
        assertEquals(List.of("1", "2"), ids);
        assertTrue(scanner.facts().isOver());
    }

    @Test
    void isReadToItsEndThoughNobodyWantsTheMessages() {
        McpScanner scanner = new McpScanner();
        scanner.elements(element -> {
            throw new AssertionError("not after reset");
        });
        scanner.reset();
        feed(scanner, "[{'id':1},{'id':2}]");

        assertEquals(Kind.BATCH, scanner.facts().kind());
        assertEquals(2, scanner.facts().elementCount());
        assertFalse(scanner.facts().hasId());
    }

    private static void feed(McpScanner scanner, String text) {
        byte[] bytes = json(text).getBytes(StandardCharsets.UTF_8);
        scanner.feed(bytes, 0, bytes.length);
    }

    private static String json(String withSingleQuotes) {
        return withSingleQuotes.replace('\'', '"');
    }
}
