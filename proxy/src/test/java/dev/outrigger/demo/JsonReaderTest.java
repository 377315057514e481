package dev.outrigger.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {
    @Test
    void readsEveryKindOfValue() throws MalformedJson {
        Json.Obj object = assertInstanceOf(
                Json.Obj.class, JsonReader.read(" {\"a\":[1,-2.5e+3,true,false,null,{}],\r\n\t\"b\":{\"c\":\"d\"} } "));
        Json.Arr array = assertInstanceOf(Json.Arr.class, object.get("a"));
        assertEquals(6, array.items().size());
        assertEquals(new Json.Num("-2.5e+3"), array.items().get(1));
        assertEquals(Json.Literal.NULL, array.items().get(4));
        assertEquals("d", object.object("b").text("c"));
    }

    @Test
    void unescapesStringsAndKeepsTheirSpelling() throws MalformedJson {
        String raw = "\"\\u0041\\uD83D\\ude00 \\\"\\\\\\/\\b\\f\\n\\r\\t é\"";
        assertEquals(new Json.Text(raw, "A😀 \"\\/\b\f\n\r\t é"), JsonReader.read(raw));
    }

    @Test
    void keepsIntegersOfAnySize() throws MalformedJson {
        assertEquals(new Json.Num("123456789012345678901234567890"), JsonReader.read("123456789012345678901234567890"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[",
                "[1,]",
                "{\"a\":1,}",
                "{a:1}",
                "{\"a\" 1}",
                "{\"a\":1} x",
                "01",
                "1.",
                "+1",
                "--1",
                "NaN",
                "tru",
                "nul",
                "\"a",
                "\"a\nb\"",
                "\"\\x\"",
                "\"\\u12\"",
                "\"\\u12g4\"",
                "\"\\",
                "{\"a\":1,\"a\":2}",
                "// no\n1",
                "'a'"
            })
    void refusesWhatIsNotJson(String text) {
        assertThrows(MalformedJson.class, () -> JsonReader.read(text));
    }

    @Test
    void refusesToNestWithoutBound() throws MalformedJson {
        assertInstanceOf(Json.Arr.class, JsonReader.read("[".repeat(64) + "]".repeat(64)));
        assertThrows(MalformedJson.class, () -> JsonReader.read("[".repeat(500_000)));
    }
}
