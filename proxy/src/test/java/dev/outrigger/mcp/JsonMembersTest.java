package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonMembersTest {
    private static final String[] SPACES = {"", "", " ", "\n", "\t \r\n", "          "};

    @Test
    void tellsWhereKeysAndValuesStand() {
        assertEquals(
                List.of("id=1", "params={\"a\":[1,\"}\"]}", "e=\"x\\\"y\"", "b=true", "=[]"),
                members(" {\"id\" : 1 , \"params\":{\"a\":[1,\"}\"]},\"e\":\"x\\\"y\" ,\n\"b\":true, \"\":[] } "));
        assertEquals(List.of(), members("{ }"));
    }

    @Test
    void goesIntoAnObject() {
        byte[] json = bytes("{\"params\":{\"_meta\":{\"a\":1}},\"x\":2}");
        JsonMembers root = new JsonMembers(json, 1);

        assertTrue(root.next());
        assertTrue(root.isObject());
        JsonMembers params = root.inside();
        assertTrue(params.next());
        assertTrue(params.isKey(bytes("_meta")));
        assertFalse(params.isKey(bytes("_met")));
        assertFalse(params.next());
        assertTrue(root.next());
        assertFalse(root.isObject());
    }

    @Test
    void spacesBetweenTokensAreNotDense() {
        byte[] json = bytes("[1, \"a b\\\" c\" ,{}]");
        int first = JsonMembers.endOfDense(json, 0, json.length);
        assertEquals(3, first);
        int second = JsonMembers.endOfDense(json, 4, json.length);
        assertEquals("\"a b\\\" c\"", new String(json, 4, second - 4, StandardCharsets.UTF_8));
        assertEquals(json.length, JsonMembers.endOfDense(json, second + 1, json.length));
    }

    /** Objects that are put together of parts that are known. */
    @Test
    void findsAgainWhatWasPutTogether() {
        Random random = new Random(5);
        for (int round = 0; round < 20_000; round++) {
            List<String> expected = new ArrayList<>();
            StringBuilder json = new StringBuilder().append(space(random)).append('{');
            int membersAt = json.length();
            int count = random.nextInt(5);
            for (int i = 0; i < count; i++) {
                String key = text(random);
                String value = value(random, 0);
                expected.add(key + '=' + value);
                json.append(i == 0 ? "" : ",")
                        .append(space(random))
                        .append('"')
                        .append(key)
                        .append('"');
                json.append(space(random))
                        .append(':')
                        .append(space(random))
                        .append(value)
                        .append(space(random));
            }
            String whole = json.append('}').append(space(random)).toString();
            assertEquals(expected, members(bytes(whole), membersAt), whole);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{\"",
                "{\"a",
                "{\"a\"",
                "{\"a\":",
                "{\"a\":\"",
                "{\"a\":\"\\",
                "{\"a\":[{",
                "{,",
                "{:}",
                "{\"a\"}"
            })
    void staysWithinWhatIsNoJson(String json) {
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> members(bytes(json), 1));
    }

    private static String space(Random random) {
        return SPACES[random.nextInt(SPACES.length)];
    }

    /** What may stand in a string. */
    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        String[] parts = {
            "a", "_meta", "\\\"", "\\\\", "{", "]", ",", ":", " ", "\\u0041", "long enough for two words of it"
        };
        for (int i = random.nextInt(4); i > 0; i--) {
            text.append(parts[random.nextInt(parts.length)]);
        }
        return text.toString();
    }

    private static String value(Random random, int depth) {
        switch (random.nextInt(depth > 3 ? 3 : 5)) {
            case 0 -> {
                return '"' + text(random) + '"';
            }
            case 1 -> {
                return "-12.5e+3";
            }
            case 2 -> {
                return "null";
            }
            case 3 -> {
                return '['
                        + space(random)
                        + value(random, depth + 1)
                        + space(random)
                        + ','
                        + value(random, depth + 1)
                        + ']';
            }
            default -> {
                return "{\"" + text(random) + "\"" + space(random) + ':' + value(random, depth + 1) + space(random)
                        + '}';
            }
        }
    }

    private static List<String> members(String json) {
        return members(bytes(json), json.indexOf('{') + 1);
    }

    private static List<String> members(byte[] json, int membersAt) {
        List<String> found = new ArrayList<>();
        JsonMembers members = new JsonMembers(json, membersAt);
        while (members.next()) {
            found.add(text(json, members.keyFrom(), members.keyEnd())
                    + '='
                    + text(json, members.valueFrom(), members.valueEnd()));
        }
        return found;
    }

    private static String text(byte[] json, int from, int end) {
        return new String(json, from, end - from, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
