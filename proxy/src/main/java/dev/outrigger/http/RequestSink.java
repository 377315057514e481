package dev.outrigger.http;

import dev.outrigger.failure.Failure;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;

/**
 * Takes one request in, piece by piece; called by the client's connection on its loop. After {@link #onDownstreamClosed}
 * nothing more is called.
 */
public interface RequestSink {
    /**
     * The next piece of the body, or its end ({@link io.netty.handler.codec.http.LastHttpContent}).
     *
     * @param content now owned by the sink
     */
    void onRequestContent(HttpContent content);

    /** The connection has handed over what one read brought: a good moment to flush. */
    void onRequestReadComplete();

    /** The client takes bytes again, or has stopped to; see {@link DownstreamStream#isWritable()}. */
    void onDownstreamWritabilityChanged();

    /** The body can not be read to its end; the connection is unusable after the answer. */
    void onRequestBroken(Failure failure);

    /** The client is gone. */
    void onDownstreamClosed();

    /**
     * The connection takes no further request. Asked again now and then: an answer that would go on for ever, and that nobody
     * waits for anything on, ends now; everything else goes on.
     */
    void onDrain();

    /** The time for that is over: ends in an orderly way now, whatever it is about. May be asked again. */
    void onDrainDeadline();

    /** Opens one exchange. */
    interface Factory {
        /**
         * @param stream where the answer goes
         * @param head checked against the rules of HTTP, still with its hop-by-hop headers
         * @param client whose request it is
         */
        RequestSink open(DownstreamStream stream, HttpRequest head, ClientInfo client);
    }
}
