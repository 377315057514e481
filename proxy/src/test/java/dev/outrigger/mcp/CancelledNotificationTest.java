package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.json.NaiveJson;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CancelledNotificationTest {
    @Test
    void saysWhichRequestAndWhy() {
        assertEquals(
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\","
                        + "\"params\":{\"requestId\":7,\"reason\":\"timeout\"}}",
                write("7", "timeout"));
    }

    @Test
    void keepsTheIdAsItCameAndEscapesTheReason() {
        String reason = "caf\u00e9 \"\ud83d\ude00\"\n";
        NaiveJson.Value params =
                NaiveJson.parse(write("\"\\u0037\u00e9\"", reason)).get("params");

        assertEquals("\"\\u0037\u00e9\"", params.get("requestId").rawString());
        assertEquals(reason, params.get("reason").string());
    }

    private static String write(String id, String reason) {
        byte[] bytes = (id + "rest of a larger array").getBytes(StandardCharsets.UTF_8);
        int length = id.getBytes(StandardCharsets.UTF_8).length;
        ByteBuf body = CancelledNotification.write(ByteBufAllocator.DEFAULT, bytes, length, reason);
        try {
            return body.toString(StandardCharsets.UTF_8);
        } finally {
            body.release();
        }
    }
}
