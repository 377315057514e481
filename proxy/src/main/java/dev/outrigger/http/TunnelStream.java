package dev.outrigger.http;

import io.netty.buffer.ByteBuf;

/**
 * One side of a tunnel: a connection, or a stream of one, that carries bytes which nobody reads any more. What it was
 * before, and how it tells its peer of an end, is its own business.
 *
 * <p>Contents of HTTP messages would do as well, but both sides of a tunnel are alike, and the two sides of an exchange are
 * not. That one is lost is told as it was before the tunnel began, by {@link RequestSink} and {@link ResponseSink}.
 */
public interface TunnelStream {
    /**
     * Hands over what has come and what comes. Called once; nothing is handed over before.
     *
     * @param sink may be called before this returns
     */
    void begin(TunnelSink sink);

    /** @param bytes now owned by the stream */
    void write(ByteBuf bytes);

    void flush();

    /** Whether more may be written without piling up. */
    boolean isWritable();

    /** Asks the peer for no more bytes until {@link #resumeReading()}; what is already here still arrives. */
    void pauseReading();

    void resumeReading();

    /** Tells the peer, after everything written, that nothing follows. The other direction goes on. */
    void end();

    /** Closes what {@link TunnelSink#onOver()} was told of. */
    void close();
}
