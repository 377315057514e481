package dev.outrigger.transport;

import io.netty.buffer.ByteBuf;

/**
 * One side of an opaque connection, as the relay between two of them sees it: bytes go out, nothing is known of what they mean.
 *
 * <p>What comes in is told to the stream's {@link ByteSink}. Belongs to the loop of its connection.
 */
public interface ByteStream {
    /** @param bytes now owned by the stream; sent with the next {@link #flush} */
    void write(ByteBuf bytes);

    void flush();

    /** Whether more may be written without piling up. */
    boolean isWritable();

    /** Takes in no more until {@link #resumeReading()}; what is already here still arrives. */
    void pauseReading();

    void resumeReading();

    /**
     * Sends what is written and says that nothing follows; the other direction goes on. The connection closes by itself once
     * both directions have ended so.
     */
    void endOutput();

    /** Closes at once in a way that the peer can not mistake for a proper end: it sees a reset. */
    void reset();
}
