package dev.outrigger.mcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** What the proxy itself writes into an event stream. Only ever between events, see {@link SseScanner#writeBreak}. */
public final class SseEvents {
    private static final byte[] BEFORE_MESSAGE = ascii("event: message\ndata: ");
    private static final byte[] AFTER_MESSAGE = ascii("\n\n");
    private static final ByteBuf KEEP_ALIVE = Unpooled.unreleasableBuffer(
            Unpooled.directBuffer(3).writeBytes(ascii(":\n\n")).asReadOnly());

    private SseEvents() {}

    /**
     * Appends an event that answers a request with an error. Parameters as in {@link JsonRpcErrorBody#writeTo}; JSON written
     * there has no line ends, so the data is one line.
     */
    public static void writeError(ByteBuf out, byte[] id, int idLength, RpcError error) {
        out.writeBytes(BEFORE_MESSAGE);
        JsonRpcErrorBody.writeTo(out, id, idLength, error);
        out.writeBytes(AFTER_MESSAGE);
    }

    /**
     * A comment, which clients skip. The blank line behind it is for readers that take events apart at blank lines.
     *
     * @return a view of bytes that are never released; the caller may release it or not
     */
    public static ByteBuf keepAlive() {
        return KEEP_ALIVE.duplicate();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
