package dev.outrigger.testing;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.ResponseSink;
import dev.outrigger.http.UpstreamStream;
import dev.outrigger.upstream.EndpointPool;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/** Takes a connection of a pool, makes one request with it when told to, and so gives it back. Looked at by any thread. */
public final class Borrower implements EndpointPool.Waiter, ResponseSink {
    private volatile @Nullable UpstreamStream connection;
    private volatile @Nullable Reason refused;
    private volatile boolean over;

    public boolean isConnected() {
        return connection != null;
    }

    /** Why it got no connection; null if it did, or still waits. */
    public @Nullable Reason refused() {
        return refused;
    }

    /** Whether it has had all that it wanted, or will get nothing. */
    public boolean isOver() {
        return over;
    }

    /** Makes its request; on the loop, and connected. */
    public void finish() {
        UpstreamStream mine = connection;
        if (mine == null) {
            throw new IllegalStateException("no connection yet");
        }
        mine.start(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/"), this);
        mine.writeContent(LastHttpContent.EMPTY_LAST_CONTENT);
        mine.flush();
    }

    @Override
    public void onConnection(UpstreamStream ready) {
        connection = ready;
    }

    @Override
    public void onNoConnection(Failure failure) {
        refused = failure.reason();
        over = true;
    }

    @Override
    public void onResponseContent(HttpContent content) {
        over |= content instanceof LastHttpContent;
        content.release();
    }

    @Override
    public void onResponseFailed(Failure failure) {
        refused = failure.reason();
        over = true;
    }

    @Override
    public void onInformational(HttpResponse informational) {}

    @Override
    public void onResponseHead(HttpResponse response) {}

    @Override
    public void onResponseReadComplete() {}

    @Override
    public void onUpstreamWritabilityChanged() {}
}
