package dev.outrigger.exchange;

import dev.outrigger.cache.ResponseStore;
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

    private final ResponseStore store;
    private final int limitBytes;
    private final Runnable onOverlong;
    private byte[] bytes = NONE;
    private int length;
    private boolean dropped;

    /**
     * @param store has the memory, which is given back with {@link #drop}
     * @param onOverlong run when a message has become longer than what is kept, or there is no room for it
     */
    MessageCopy(ResponseStore store, int limitBytes, Runnable onOverlong) {
        this.store = store;
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
        if (more > limitBytes - length || !hasRoom(length + more)) {
            drop();
            onOverlong.run();
            return false;
        }
        return true;
    }

    private boolean hasRoom(int wanted) {
        if (wanted <= bytes.length) {
            return true;
        }
        int doubled = Math.min(limitBytes, Math.max(USUAL_BYTES, 2 * bytes.length));
        int size = Math.max(wanted, doubled);
        if (!store.reserve(size - bytes.length)) {
            return false;
        }
        bytes = Arrays.copyOf(bytes, size);
        return true;
    }

    /** Nothing more is kept, of no message. */
    void drop() {
        dropped = true;
        store.release(bytes.length);
        bytes = NONE;
        length = 0;
    }

    /** What is here, in an array of that length. */
    byte[] toArray() {
        return Arrays.copyOf(bytes, length);
    }
}
