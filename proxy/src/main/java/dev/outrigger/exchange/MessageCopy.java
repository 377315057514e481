package dev.outrigger.exchange;

import dev.outrigger.mcp.DataSink;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * The bytes of one message as they pass by, up to a bound; beyond it nothing is kept any more. On the heap, because what comes
 * of it outlives the exchange.
 */
final class MessageCopy implements DataSink {
    private static final int USUAL_BYTES = 2048;
    private static final byte[] NONE = {};

    private final int limitBytes;
    private final Runnable onOverlong;
    private byte[] bytes = NONE;
    private int length;
    private boolean dropped;

    /** @param onOverlong run when a message has become longer than what is kept */
    MessageCopy(int limitBytes, Runnable onOverlong) {
        this.limitBytes = limitBytes;
        this.onOverlong = onOverlong;
    }

    @Override
    public void onBegin() {
        length = 0;
    }

    @Override
    public void onData(byte[] in, int from, int end) {
        if (grow(end - from)) {
            System.arraycopy(in, from, bytes, length, end - from);
            length += end - from;
        }
    }

    /** The next piece, from its reader index to its writer index; nothing of it changes. */
    void add(ByteBuf piece) {
        int size = piece.readableBytes();
        if (grow(size)) {
            piece.getBytes(piece.readerIndex(), bytes, length, size);
            length += size;
        }
    }

    private boolean grow(int more) {
        if (dropped) {
            return false;
        }
        if (more > limitBytes - length) {
            drop();
            onOverlong.run();
            return false;
        }
        if (length + more > bytes.length) {
            int doubled = Math.min(limitBytes, Math.max(USUAL_BYTES, 2 * bytes.length));
            bytes = Arrays.copyOf(bytes, Math.max(length + more, doubled));
        }
        return true;
    }

    /** Nothing more is kept, of no message. */
    void drop() {
        dropped = true;
        bytes = NONE;
        length = 0;
    }

    /** What is here, in an array of that length. */
    byte[] toArray() {
        return Arrays.copyOf(bytes, length);
    }
}
