package dev.outrigger.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"} | REQUEST",
                "{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"method\":\"ping\",\"params\":{}} | REQUEST",
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"} | NOTIFICATION",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}} | RESPONSE",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{}} | RESPONSE",
                "{\"jsonrpc\":\"2.0\",\"id\":1} | INVALID",
                "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"} | INVALID",
                "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"} | INVALID",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":[]} | INVALID",
                "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"} | INVALID",
                "{\"id\":1,\"method\":\"ping\"} | INVALID",
                "[] | INVALID",
                "7 | INVALID"
            })
    void tellsTheKindsApart(String json, Message.Kind kind) throws MalformedJson {
        assertEquals(kind, Message.of(JsonReader.read(json)).kind());
    }
}
