package dev.outrigger.mcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/** A result that the proxy gives in place of the server, with the id byte by byte as it came. */
public final class JsonRpcResultBody {
    private static final byte[] BEFORE_ID = "{\"jsonrpc\":\"2.0\",\"id\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BEFORE_RESULT = ",\"result\":".getBytes(StandardCharsets.US_ASCII);

    private JsonRpcResultBody() {}

    /**
     * @param id one JSON value, whole
     * @param result one JSON object
     * @return a new buffer, which the caller owns
     */
    public static ByteBuf write(ByteBufAllocator alloc, byte[] id, byte[] result) {
        int length = BEFORE_ID.length + id.length + BEFORE_RESULT.length + result.length + 1;
        return alloc.buffer(length, length)
                .writeBytes(BEFORE_ID)
                .writeBytes(id)
                .writeBytes(BEFORE_RESULT)
                .writeBytes(result)
                .writeByte('}');
    }
}
