package dev.outrigger.mcp;

import dev.outrigger.json.JsonWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/**
 * The message that tells a legacy server to stop working on a request: in that era, closing the connection does not.
 */
public final class CancelledNotification {
    private static final byte[] BEFORE_ID =
            ascii("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":");
    private static final byte[] BEFORE_REASON = ascii(",\"reason\":");
    private static final byte[] AFTER_REASON = ascii("}}");

    private CancelledNotification() {}

    /**
     * @param id of the request, one JSON value, as {@link McpFacts#id()} holds it
     * @param idLength its bytes, at least one: a request whose id is not known cannot be cancelled
     * @param reason for the server's log
     * @return a new buffer, which the caller owns
     */
    public static ByteBuf write(ByteBufAllocator alloc, byte[] id, int idLength, String reason) {
        String text = new JsonWriter().value(reason).toString();
        int length = BEFORE_ID.length
                + idLength
                + BEFORE_REASON.length
                + ByteBufUtil.utf8MaxBytes(text)
                + AFTER_REASON.length;
        ByteBuf out = alloc.buffer(length);
        out.writeBytes(BEFORE_ID).writeBytes(id, 0, idLength).writeBytes(BEFORE_REASON);
        ByteBufUtil.writeUtf8(out, text);
        return out.writeBytes(AFTER_REASON);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
