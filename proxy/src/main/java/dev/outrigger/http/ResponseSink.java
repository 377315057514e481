package dev.outrigger.http;

import dev.outrigger.failure.Failure;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;

/**
 * Takes one answer in, piece by piece; called by the upstream connection on its loop. Ends with the last content or with
 * {@link #onResponseFailed}, never both.
 */
public interface ResponseSink {
    /**
     * The request's head is on the socket, and the upstream may act on it: from now on it is not sent again as something that
     * the upstream has got nothing of. Not called where the upstream can say itself that it has not acted.
     */
    default void onHeadSent() {}

    /** A 1xx answer other than 101; the final head is still to come. */
    void onInformational(HttpResponse head);

    void onResponseHead(HttpResponse head);

    /**
     * The upstream has accepted the upgrade or the CONNECT that the request asked for. No contents follow: the sink takes
     * the bytes by {@link UpstreamStream#switchProtocols()} now, or cancels. Not called for a request that asked for neither.
     */
    default void onSwitched(HttpResponse head) {
        throw new IllegalStateException("nobody asked to switch protocols");
    }

    /** @param content now owned by the sink */
    void onResponseContent(HttpContent content);

    /** The connection has handed over what one read brought: the moment to flush. */
    void onResponseReadComplete();

    /** The upstream takes bytes again, or has stopped to; see {@link UpstreamStream#isWritable()}. */
    void onUpstreamWritabilityChanged();

    void onResponseFailed(Failure failure);
}
