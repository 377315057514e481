package dev.outrigger.exchange;

import dev.outrigger.failure.Failure;
import dev.outrigger.http.ResponseSink;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;

/** Hears of one {@link Attempt}: what comes back, and one ending, the last content or a failure. */
interface AttemptListener {
    void onInformational(HttpResponse informational);

    void onResponseHead(HttpResponse response);

    /** The upstream has accepted what the request asked to switch to, see {@link ResponseSink#onSwitched}. */
    void onSwitched(HttpResponse response);

    /** @param content now owned by the listener */
    void onResponseContent(HttpContent content);

    void onResponseReadComplete();

    void onUpstreamWritabilityChanged();

    void onAttemptFailed(Failure failure);
}
