package dev.outrigger.http;

import io.netty.handler.codec.http.HttpContent;
import java.util.ArrayDeque;

/**
 * Pieces of a request body that have arrived before there is an upstream connection to write them to. Holds references,
 * copies nothing.
 *
 * <p>Bounded by its owner, which stops reading from the client when {@link #bytes()} is past a limit; what the socket had
 * already delivered by then still fits.
 */
public final class PendingBody {
    private final ArrayDeque<HttpContent> pieces = new ArrayDeque<>(4);
    private long bytes;

    /** @param content now owned by this body */
    public void add(HttpContent content) {
        bytes += content.content().readableBytes();
        pieces.add(content);
    }

    public long bytes() {
        return bytes;
    }

    public boolean isEmpty() {
        return pieces.isEmpty();
    }

    /** Hands every piece over, in order. */
    public void drainTo(UpstreamStream stream) {
        HttpContent piece;
        while ((piece = pieces.poll()) != null) {
            stream.writeContent(piece);
        }
        bytes = 0;
    }

    public void release() {
        HttpContent piece;
        while ((piece = pieces.poll()) != null) {
            piece.release();
        }
        bytes = 0;
    }
}
