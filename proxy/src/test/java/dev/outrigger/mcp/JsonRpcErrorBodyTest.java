package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.failure.Code;
import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.json.NaiveJson;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonRpcErrorBodyTest {
    private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";

    @Test
    void saysWhyWhereAndWhenToComeBack() {
        assertEquals(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":10002,\"message\":\"circuit breaker open\","
                        + "\"data\":{\"reason\":\"breaker_open\",\"upstream\":\"app\",\"retry_after_ms\":1500,"
                        + "\"trace_id\":\"" + TRACE_ID + "\"}}}",
                write("1", Reason.BREAKER_OPEN, "app", 1500, TRACE_ID));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "\"1\"", "1.0", "null", "\"\\u0061\\\"caf\u00e9\""})
    void echoesTheIdAsItCame(String id) {
        String body = write(id, Reason.POOL_FULL, "app", -1, TRACE_ID);

        assertEquals(id, NaiveJson.parse(body).get("id").rawString());
    }

    @Test
    void writesNullForAnUnknownId() {
        assertEquals(
                "null",
                NaiveJson.parse(write("", Reason.POOL_FULL, "app", -1, TRACE_ID))
                        .get("id")
                        .rawString());
    }

    @Test
    void leavesOutWhatIsNotKnown() {
        assertEquals(
                "{\"reason\":\"no_route\"}",
                NaiveJson.parse(write("1", Reason.NO_ROUTE, "", -1, ""))
                        .get("error")
                        .get("data")
                        .rawString());
    }

    @Test
    void saysWhatExactlyIsWrong() {
        RpcError error = RpcError.of(Failure.of(Reason.MALFORMED_REQUEST, "duplicate key"), "", -1, "");
        ByteBuf body = JsonRpcErrorBody.write(ByteBufAllocator.DEFAULT, new byte[] {'1'}, 1, error);
        try {
            assertEquals(
                    "{\"reason\":\"malformed_request\",\"detail\":\"duplicate key\"}",
                    NaiveJson.parse(body.toString(StandardCharsets.UTF_8))
                            .get("error")
                            .get("data")
                            .rawString());
        } finally {
            body.release();
        }
    }

    @Test
    void saysZeroMillisecondsWhenThatIsKnown() {
        NaiveJson.Value body = NaiveJson.parse(write("1", Reason.BREAKER_OPEN, "app", 0, TRACE_ID));

        assertEquals("0", body.get("error").get("data").get("retry_after_ms").rawString());
    }

    @Test
    void escapesTheUpstreamsName() {
        String name = "a\"b\\c\n\u00e9\ud83d\ude00";
        NaiveJson.Value body = NaiveJson.parse(write("1", Reason.CONNECT_REFUSED, name, -1, TRACE_ID));

        assertEquals(name, body.get("error").get("data").get("upstream").string());
    }

    @Test
    void appendsToWhatIsThere() {
        ByteBuf out = Unpooled.buffer().writeBytes(new byte[] {'x'});
        JsonRpcErrorBody.writeTo(
                out, new byte[] {'1', '2'}, 1, new RpcError(Code.TIMEOUT, "idle_timeout", "", "", -1, ""));

        assertEquals(
                "x{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":10003,\"message\":\"timeout\","
                        + "\"data\":{\"reason\":\"idle_timeout\"}}}",
                out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void answersEachRequestOfABatch() {
        ByteBuf out = Unpooled.buffer();
        List<byte[]> ids = List.of(bytes("1"), bytes("\"1\""), bytes(""));
        JsonRpcErrorBody.writeBatchTo(out, ids, new RpcError(Code.OVERLOADED, "draining", "", "app", 0, TRACE_ID));

        NaiveJson.Value body = NaiveJson.parse(out.toString(StandardCharsets.UTF_8));
        assertEquals(
                List.of("1", "\"1\"", "null"),
                body.elements().stream()
                        .map(error -> error.get("id").rawString())
                        .toList());
        for (NaiveJson.Value error : body.elements()) {
            assertEquals("10005", error.get("error").get("code").rawString());
            assertEquals("app", error.get("error").get("data").get("upstream").string());
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String write(String id, Reason reason, String upstream, long retryAfterMillis, String traceId) {
        byte[] idBytes = id.getBytes(StandardCharsets.UTF_8);
        ByteBuf body = JsonRpcErrorBody.write(
                ByteBufAllocator.DEFAULT,
                idBytes,
                idBytes.length,
                RpcError.of(Failure.of(reason), upstream, retryAfterMillis, traceId));
        try {
            return body.toString(StandardCharsets.UTF_8);
        } finally {
            body.release();
        }
    }
}
