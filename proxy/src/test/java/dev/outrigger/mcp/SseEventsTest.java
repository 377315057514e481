package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.failure.Code;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SseEventsTest {
    @Test
    void answerARequestWithAnError() {
        ByteBuf out = Unpooled.buffer();
        byte[] id = "\"a\"".getBytes(StandardCharsets.UTF_8);
        SseEvents.writeError(out, id, id.length, new RpcError(Code.TIMEOUT, "request_timeout", "", "app", -1, ""));

        assertEquals(
                "event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":\"a\",\"error\":{\"code\":10003,"
                        + "\"message\":\"timeout\",\"data\":{\"reason\":\"request_timeout\",\"upstream\":\"app\"}}}\n\n",
                out.toString(StandardCharsets.UTF_8));
        assertEquals(
                List.of("RESPONSE - \"a\""),
                SseReading.whole(out.toString(StandardCharsets.UTF_8)).messages());
    }

    @Test
    void keepAStreamAliveAsOftenAsNeeded() {
        for (int i = 0; i < 3; i++) {
            ByteBuf comment = SseEvents.keepAlive();
            assertEquals(":\n\n", comment.toString(StandardCharsets.UTF_8));
            comment.skipBytes(3).release();
        }
        assertEquals(new SseReading(List.of(), List.of(), 0, false), SseReading.whole(":\n\n"));
    }
}
