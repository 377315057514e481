package dev.outrigger.http;

import io.netty.buffer.ByteBuf;

/** Takes in what one side of a tunnel sends; called on its loop. */
public interface TunnelSink {
    /** @param bytes now owned by the sink */
    void onBytes(ByteBuf bytes);

    /** What one read brought has been handed over: the moment to flush. */
    void onBytesReadComplete();

    /** The side takes bytes again, or has stopped to; see {@link TunnelStream#isWritable()}. */
    void onWritabilityChanged();

    /** The side sends nothing more, and has not gone: it may still take bytes. Called once. */
    void onEnd();

    /** The side has sent its last byte and has been sent the last one, and {@link TunnelStream#end()}. Called once. */
    void onOver();
}
