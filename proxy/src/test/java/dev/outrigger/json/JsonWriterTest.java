package dev.outrigger.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class JsonWriterTest {
    private final JsonWriter json = new JsonWriter();

    @Test
    void separatesElementsAtEveryDepth() {
        json.beginObject().name("a").value(1).name("b").beginArray();
        json.value("x")
                .beginObject()
                .endObject()
                .beginArray()
                .endArray()
                .value(true)
                .value(2.5);
        json.endArray().name("c").nullValue().endObject();

        assertEquals("{\"a\":1,\"b\":[\"x\",{},[],true,2.5],\"c\":null}", json.toString());
    }

    @Test
    void appendsToWhatTheBuilderHolds() {
        StringBuilder line = new StringBuilder("log: ");

        new JsonWriter(line)
                .beginArray()
                .value(Long.MIN_VALUE)
                .raw("{\"ready\":1}")
                .endArray();

        assertEquals("log: [-9223372036854775808,{\"ready\":1}]", line.toString());
    }

    @Test
    void writesNullForWhatJsonCannotExpress() {
        json.beginArray()
                .value(Double.NaN)
                .value(Double.NEGATIVE_INFINITY)
                .value((String) null)
                .endArray();

        assertEquals("[null,null,null]", json.toString());
    }

    @Test
    void escapesQuotesBackslashesAndControlCharacters() {
        json.beginObject().name("\"k\"").value("a\\b\n\r\t\u0000\u001f\u007fz").endObject();

        assertEquals("{\"\\\"k\\\"\":\"a\\\\b\\n\\r\\t\\u0000\\u001f\u007fz\"}", json.toString());
    }

    @Test
    void keepsSurrogatePairsAndReplacesHalves() {
        json.beginArray();
        json.value("\ud83d\ude00")
                .value("\ud83d")
                .value("\ude00")
                .value("\ud83d\ud83d\ude00x")
                .value("\ude00\ud83d");
        json.endArray();

        assertEquals(
                "[\"\ud83d\ude00\",\"\ufffd\",\"\ufffd\",\"\ufffd\ud83d\ude00x\",\"\ufffd\ufffd\"]", json.toString());
    }

    @Property
    void whatIsWrittenReadsBackAsItWas(@ForAll String name, @ForAll String value, @ForAll double number) {
        JsonWriter fresh = new JsonWriter();
        fresh.beginObject().name(name).value(value).name("n").value(number).endObject();

        NaiveJson.Value object = NaiveJson.parse(fresh.toString());
        assertEquals(whole(name), new String(object.members().get(0).name(), StandardCharsets.UTF_8));
        assertEquals(whole(value), object.members().get(0).value().string());
        assertEquals(number, Double.parseDouble(object.members().get(1).value().rawString()));
    }

    private static String whole(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().map(c -> c >= 0xd800 && c <= 0xdfff ? 0xfffd : c).forEach(out::appendCodePoint);
        return out.toString();
    }
}
