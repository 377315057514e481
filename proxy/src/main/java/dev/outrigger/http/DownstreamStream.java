package dev.outrigger.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;

/**
 * The client's side of one exchange. Framing, keep-alive and what the client's protocol version allows are the stream's
 * business; the exchange writes a head without hop-by-hop headers, contents, and a last content. Of those headers it may set
 * {@code Connection: close}, with which a connection of HTTP/1 ends.
 */
public interface DownstreamStream {
    ByteBufAllocator alloc();

    /** Longest body that the listener takes of a request; 0: any. */
    long maxBodyBytes();

    /** Passes a 1xx answer on, unless the client's protocol has none. */
    void writeInformational(HttpResponse head);

    /** Tells a client that waits for it to send its body; nothing if it does not wait. */
    void writeContinue();

    void writeHead(HttpResponse head);

    /** @param content now owned by the stream; a last content ends the answer and frees the stream for its next request */
    void writeContent(HttpContent content);

    /**
     * Answers that the upstream has accepted an upgrade or a CONNECT, and leaves HTTP: request and answer are over as
     * messages, and the client's side of a tunnel begins. {@link #abort()} resets it.
     *
     * @param head without hop-by-hop headers but {@code Upgrade}, if it is the answer to that
     */
    TunnelStream switchProtocols(HttpResponse head);

    void flush();

    /** Whether more may be written without piling up. */
    boolean isWritable();

    /** Asks the client for no more of its body until {@link #resumeReading()}; what is already here still arrives. */
    void pauseReading();

    void resumeReading();

    /** Ends the stream without a proper end, so that the client sees that the answer is not whole. */
    void abort();
}
