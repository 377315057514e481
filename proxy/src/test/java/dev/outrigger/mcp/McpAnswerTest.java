package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found in answers, and the tools of a list. */
class McpAnswerTest {
    @Test
    void tellsAResultFromAnError() {
        AnswerFacts result = answer("{'id':1,'result':{}}");
        assertTrue(result.hasResult());
        assertFalse(result.hasError());

        AnswerFacts error = answer("{'id':1,'error':{'code':-32601,'message':'no'}}");
        assertFalse(error.hasResult());
        assertTrue(error.hasError());
        assertEquals(-32601, error.errorCode());

        AnswerFacts both = answer("{'id':1,'error':null,'result':null}");
        assertTrue(both.hasResult());
        assertFalse(both.hasError());
    }

    @ParameterizedTest
    @CsvSource({
        "-32602, true, -32602",
        "0, true, 0",
        "-0, true, 0",
        "2147483647, true, 2147483647",
        "-2147483648, true, -2147483648",
        "2147483648, false, 0",
        "-2147483649, false, 0",
        "99999999999999999999999999, false, 0",
        "1.0, false, 0",
        "1e3, false, 0",
        "\"1\", false, 0",
        "null, false, 0",
        "{}, false, 0"
    })
    void takesTheCodeIfItIsAnInt(String code, boolean taken, int value) {
        AnswerFacts facts = answer("{\"error\":{\"message\":{\"code\":5},\"code\": " + code + " },\"id\":1}");

        assertTrue(facts.hasError());
        assertEquals(taken, facts.hasErrorCode());
        assertEquals(value, facts.errorCode());
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "60000, 60000", "-1, 0", "1.5, 0", "6e4, 0", "\"60000\", 0", "{}, 0", "true, 0", "null, -1"})
    void takesTheTimeToLiveIfItIsOne(String ttl, long millis) {
        assertEquals(
                millis, answer("{\"id\":1,\"result\":{\"ttlMs\":" + ttl + "}}").ttlMillis());
    }

    @Test
    void aTimeToLiveBeyondAllBoundsIsLong() {
        assertTrue(
                answer("{'id':1,'result':{'ttlMs':99999999999999999999999999}}").ttlMillis() > 365L * 24 * 3600 * 1000);
        assertEquals(-1, answer("{'id':1,'result':{'_meta':{'ttlMs':5}}}").ttlMillis());
    }

    @ParameterizedTest
    @CsvSource({
        "'public', PUBLIC",
        "'private', PRIVATE",
        "'Public', PRIVATE",
        "'', PRIVATE",
        "7, PRIVATE",
        "[], PRIVATE",
        "null, ABSENT"
    })
    void whatIsNotSaidToBePublicIsPrivate(String scope, CacheScope told) {
        String json = scope.matches("7|\\[]|null") ? scope : "'" + scope + "'";

        assertEquals(
                told, answer("{'id':1,'result':{'cacheScope':" + json + "}}").cacheScope());
    }

    @ParameterizedTest
    @ValueSource(strings = {"'text'", "7", "[{'code':1}]", "{}", "true"})
    void anErrorOfAnyKindIsOne(String error) {
        AnswerFacts facts = answer("{'id':1,'error':" + error + "}");

        assertTrue(facts.hasError());
        assertFalse(facts.hasErrorCode());
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false", "null, false", "'\"true\"', false", "[true], false", "1, false"})
    void aToolFailedOnlyIfIsErrorIsTrue(String isError, boolean failed) {
        assertEquals(
                failed,
                answer("{\"id\":1,\"result\":{\"content\":[],\"isError\":" + isError + "}}")
                        .isToolError());
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "'complete', COMPLETE",
                "'input_required', INPUT_REQUIRED",
                "'t\\u0061sk', TASK",
                "'Complete', OTHER",
                "'', OTHER",
                "7, OTHER",
                "{}, OTHER",
                "null, ABSENT"
            })
    void tellsTheTypeOfAResult(String written, ResultType type) {
        assertEquals(
                type, answer("{'id':1,'result':{'resultType':" + written + "}}").resultType());
        assertEquals(ResultType.ABSENT, answer("{'id':1,'result':{}}").resultType());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'resultType':'task','taskId':'a'}",
                "{'task':{'status':'working','taskId':'a'}}",
                "{'task':{'taskId':'a','taskId':'b'},'taskId':'c'}",
                "{'taskId':'a','task':{'taskId':'b'}}",
                "{'task':{'ttl':1},'task':{'taskId':'b'},'taskId':'a'}",
                "{'task':'b','taskId':'a'}",
                "{'content':[{'taskId':'b'}],'\\u0074askId':'\\u0061'}"
            })
    void findsTheTaskInEitherPlace(String result) {
        assertEquals("a", answer("{'id':1,'result':" + result + "}").taskIdText());
    }

    @Test
    void findsTheVersionAndTheCursor() {
        assertEquals(
                "2025-06-18",
                answer("{'id':1,'result':{'protocolVersion':'2025-06-18'}}").protocolVersionText());
        assertTrue(answer("{'id':1,'result':{'nextCursor':'a'}}").hasNextCursor());
        assertTrue(answer("{'id':1,'result':{'nextCursor':{'x':[1]}}}").hasNextCursor());
        assertFalse(answer("{'id':1,'result':{'nextCursor':null}}").hasNextCursor());
        assertFalse(answer("{'id':1,'result':{'x':{'nextCursor':1}}}").hasNextCursor());
    }

    @Test
    void theFirstOfTwoCountsAndNothingIsRefused() {
        Scan scan = Scan.whole(json("{'id':1,'result':{'isError':true,'isError':false,'resultType':'task',"
                + "'resultType':'complete','nextCursor':null,'nextCursor':1},'result':{'taskId':'x'},'error':null,"
                + "'error':{'code':1}}"));

        assertEquals(McpFacts.Kind.RESPONSE, scan.kind());
        assertTrue(scan.has("result.isError"));
        assertTrue(scan.has("result.type.TASK"));
        assertFalse(scan.has("result.nextCursor"));
        assertFalse(scan.has("result.taskId"));
        assertFalse(scan.has("error"));
    }

    @Test
    void textsThatAreNotUtf8AreAbsent() {
        byte[] body =
                json("{'id':1,'result':{'taskId':'caf\u00e9','isError':true}}").getBytes(StandardCharsets.ISO_8859_1);
        Scan scan = Scan.whole(body);

        assertEquals(McpFacts.Kind.RESPONSE, scan.kind());
        assertFalse(scan.has("result.taskId"));
        assertTrue(scan.has("result.isError"));
    }

    @Test
    void aRequestOfTheServerIsARequest() {
        Scan scan = Scan.whole(json("{'jsonrpc':'2.0','id':1,'method':'elicitation/create','params':{'message':'?'}}"));

        assertEquals(McpFacts.Kind.REQUEST, scan.kind());
        assertEquals(McpMethod.ELICITATION_CREATE, scan.method());
    }

    @Test
    void givesEachToolWithItsHints() {
        int defaults = ToolHints.DESTRUCTIVE | ToolHints.OPEN_WORLD;
        assertEquals(
                List.of(
                        "plain " + defaults,
                        "read " + (defaults | ToolHints.READ_ONLY | ToolHints.READ_ONLY_STATED),
                        "put "
                                + (ToolHints.OPEN_WORLD
                                        | ToolHints.DESTRUCTIVE_STATED
                                        | ToolHints.IDEMPOTENT
                                        | ToolHints.IDEMPOTENT_STATED),
                        "closed " + (ToolHints.DESTRUCTIVE | ToolHints.OPEN_WORLD_STATED | ToolHints.READ_ONLY_STATED)),
                tools("{'id':1,'result':{'tools':[{'name':'plain','inputSchema':{'name':'x'}},"
                        + "{'name':'read','annotations':{'title':'t','readOnlyHint':true}},"
                        + "{'annotations':{'destructiveHint':false,'idempotentHint':true},'n\\u0061me':'put'},"
                        + "{'name':'closed','annotations':{'openWorldHint':false,'readOnlyHint':false,"
                        + "'readOnlyHint':true,'destructiveHint':'no'}}]}}"));
    }

    @Test
    void passesOverWhatIsNoToolWithAName() {
        assertEquals(
                List.of("a 10"),
                tools("{'id':1,'result':{'tools':[7,null,[{'name':'x'}],{},{'name':1},{'name':''},{'name':'"
                        + "n".repeat(257) + "'},{'name':'a','name':'b','annotations':[]}],'tools':[{'name':'c'}]}}"));
        assertEquals(List.of(), tools("{'id':1,'result':{'tools':{'name':'a'}}}"));
        assertEquals(List.of(), tools("{'id':1,'result':[{'tools':[{'name':'a'}]}]}"));
        assertEquals(List.of(), tools("{'id':1,'params':{'tools':[{'name':'a'}]}}"));
    }

    @Test
    void givesNoToolsToWhoDidNotAskAfterReset() {
        List<String> tools = new ArrayList<>();
        McpScanner scanner = new McpScanner();
        scanner.tools((name, length, hints) -> tools.add("tool"));
        scanner.reset();
        byte[] body = json("{'id':1,'result':{'tools':[{'name':'a'}],'isError':true}}")
                .getBytes(StandardCharsets.UTF_8);
        scanner.feed(body, 0, body.length);

        assertEquals(List.of(), tools);
        assertTrue(scanner.facts().answer().isToolError());
    }

    private static List<String> tools(String body) {
        return Scan.whole(json(body)).tools();
    }

    private static AnswerFacts answer(String body) {
        byte[] bytes = json(body).getBytes(StandardCharsets.UTF_8);
        McpScanner scanner = new McpScanner();
        scanner.feed(bytes, 0, bytes.length);
        scanner.end();
        assertEquals(McpFacts.Kind.RESPONSE, scanner.facts().kind());
        return scanner.facts().answer();
    }

    private static String json(String withSingleQuotes) {
        return withSingleQuotes.replace('\'', '"');
    }
}
