package dev.outrigger.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;

/**
 * Pieces of a request body that have arrived before there is an upstream connection to write them to, or that may have to be
 * written once more. Holds references, copies nothing.
 *
 * <p>Bounded by its owner, which stops reading from the client when {@link #bytes()} is past a limit; what the socket had
 * already delivered by then still fits. What is kept to be written again is bounded here.
 */
public final class PendingBody {
    private final ArrayDeque<HttpContent> pieces = new ArrayDeque<>(4);
    private long bytes;
    private long keepBytes;
    private boolean forgotten;
    private boolean ended;

    /** @param content now owned by this body */
    public void add(HttpContent content) {
        ended |= content instanceof LastHttpContent;
        bytes += content.content().readableBytes();
        pieces.add(content);
    }

    public long bytes() {
        return bytes;
    }

    public boolean isEmpty() {
        return pieces.isEmpty();
    }

    /** Whether all of it has arrived. */
    public boolean isEnded() {
        return ended;
    }

    /** Whether all that has arrived so far is still here. */
    public boolean isWhole() {
        return !forgotten;
    }

    /** A copy of what is here, in order; the pieces stay as they are. */
    public byte[] toArray() {
        byte[] copy = new byte[Math.toIntExact(bytes)];
        int at = 0;
        for (HttpContent piece : pieces) {
            ByteBuf content = piece.content();
            int size = content.readableBytes();
            content.getBytes(content.readerIndex(), copy, at, size);
            at += size;
        }
        return copy;
    }

    /** What is here, read as UTF-8; the pieces stay as they are. */
    public String text() {
        return new String(toArray(), StandardCharsets.UTF_8);
    }

    /**
     * Puts bytes in between; nothing else changes.
     *
     * @param offset from the first byte of the body; within what is here
     */
    public void insert(long offset, byte[] text) {
        ArrayDeque<HttpContent> before = new ArrayDeque<>(pieces);
        pieces.clear();
        long left = offset;
        boolean done = false;
        for (HttpContent piece : before) {
            int size = piece.content().readableBytes();
            if (done || left > size) {
                pieces.add(piece);
                left -= size;
                continue;
            }
            ByteBuf whole = piece.content();
            int at = whole.readerIndex() + (int) left;
            pieces.add(new DefaultHttpContent(whole.retainedSlice(whole.readerIndex(), (int) left)));
            pieces.add(new DefaultHttpContent(Unpooled.wrappedBuffer(text)));
            pieces.add(piece.replace(whole.retainedSlice(at, size - (int) left)));
            piece.release();
            done = true;
        }
        bytes += text.length;
    }

    /**
     * Hands every piece over, in order.
     *
     * @param keepBytes as long as the body is no longer than this, it is kept and can be handed over once more; 0: not kept
     */
    public void drainTo(UpstreamStream stream, long keepBytes) {
        this.keepBytes = keepBytes;
        if (keepBytes > 0 && bytes <= keepBytes) {
            pieces.forEach(piece -> stream.writeContent(piece.retainedDuplicate()));
            return;
        }
        forgotten = true;
        HttpContent piece;
        while ((piece = pieces.poll()) != null) {
            stream.writeContent(piece);
        }
        bytes = 0;
    }

    /**
     * Hands the next piece over, and keeps it if it keeps what came before.
     *
     * @param content given up
     */
    public void pass(HttpContent content, UpstreamStream stream) {
        ended |= content instanceof LastHttpContent;
        if (forgotten) {
            stream.writeContent(content);
            return;
        }
        if (bytes + content.content().readableBytes() > keepBytes) {
            release();
            stream.writeContent(content);
            return;
        }
        add(content);
        stream.writeContent(content.retainedDuplicate());
    }

    /** Forgets everything. */
    public void release() {
        forgotten = true;
        HttpContent piece;
        while ((piece = pieces.poll()) != null) {
            piece.release();
        }
        bytes = 0;
    }
}
