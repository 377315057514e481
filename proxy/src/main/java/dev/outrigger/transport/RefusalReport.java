package dev.outrigger.transport;

import dev.outrigger.record.RefusedRequest;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes of a refused request what an operator may see of it, see {@link HeadRedaction}. */
final class RefusalReport {
    private RefusalReport() {}

    /**
     * Of a head that could be read.
     *
     * @param nowNanos reading of the loop's clock
     * @param client address and port
     */
    static RefusedRequest of(long nowNanos, String client, RequestRules.Refusal refusal, HttpRequest head) {
        return new RefusedRequest(
                nowNanos,
                client,
                refusal.reason(),
                refusal.detail(),
                HeadRedaction.requestLine(head),
                HeadRedaction.headers(head.headers()),
                "");
    }

    /** Of a head of which nothing is known. */
    static RefusedRequest ofUnknown(long nowNanos, String client, RequestRules.Refusal refusal) {
        return new RefusedRequest(nowNanos, client, refusal.reason(), refusal.detail(), "", List.of(), "");
    }

    /**
     * Of a head that could not be read, or is not whole.
     *
     * @param nowNanos reading of the loop's clock
     * @param client address and port
     * @param head as far as it could be read; null if nothing could
     */
    static RefusedRequest of(
            long nowNanos, String client, RequestRules.Refusal refusal, @Nullable HttpRequest head, UnreadHead unread) {
        String bytes = HeadRedaction.text(unread);
        if (head == null || unread.fromRequestLine()) {
            return new RefusedRequest(nowNanos, client, refusal.reason(), refusal.detail(), "", List.of(), bytes);
        }
        return new RefusedRequest(
                nowNanos,
                client,
                refusal.reason(),
                refusal.detail(),
                HeadRedaction.requestLine(head),
                HeadRedaction.headers(head.headers()),
                bytes);
    }
}
