package dev.outrigger.http;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;

/** The upstream's side of one attempt. */
public interface UpstreamStream {
    /** Begins a request; its answer goes to {@code sink}. */
    void start(HttpRequest head, ResponseSink sink);

    /** @param content now owned by the stream; a last content ends the request */
    void writeContent(HttpContent content);

    /** Leaves HTTP, after {@link ResponseSink#onSwitched}; once. {@link #cancel()} resets what it gives. */
    TunnelStream switchProtocols();

    void flush();

    /** Whether more may be written without piling up. */
    boolean isWritable();

    /** Asks the upstream for no more of its answer until {@link #resumeReading()}. */
    void pauseReading();

    void resumeReading();

    /** Gives the answer up; the sink is not called again. */
    void cancel();
}
