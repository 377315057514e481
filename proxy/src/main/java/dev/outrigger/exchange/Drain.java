package dev.outrigger.exchange;

import dev.outrigger.failure.Failure;
import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.SseScanner;
import dev.outrigger.resilience.LoopTimers;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rest of an answer that nobody takes any more: a client of the old era has left, which is no cancellation there,
 * and many servers abandon an operation whose connection goes.
 *
 * <p>It gives up when its time is over, and when the stream turns out to carry event ids. Then the client may come back for
 * the rest on another connection, and servers refuse that as long as this one stands.
 */
final class Drain extends LoopTimers.Timer implements AttemptListener, AnswerReader.Listener {
    private final ExchangeFactory factory;
    private final Attempt attempt;
    private final Timeouts timeouts;
    private final Runnable onTimeout;
    private @Nullable AnswerReader answer;

    /**
     * @param answer what has been reading the answer, if that has begun
     * @param onTimeout run when the upstream takes longer than it may
     */
    Drain(
            ExchangeFactory factory,
            Attempt attempt,
            Timeouts timeouts,
            @Nullable AnswerReader answer,
            Runnable onTimeout) {
        this.factory = factory;
        this.attempt = attempt;
        this.timeouts = timeouts;
        this.answer = answer;
        this.onTimeout = onTimeout;
    }

    /** Begins; the attempt must be connected and its request sent. */
    void begin() {
        factory.drainBegins();
        attempt.handOver(this);
        attempt.resumeReading();
        factory.worker().timers().arm(this, timeouts.nextNanos());
    }

    @Override
    public void onResponseContent(HttpContent content) {
        timeouts.onActivity(factory.worker().clock().nanoTime());
        AnswerReader reader = answer;
        boolean last = content instanceof LastHttpContent;
        if (reader != null && !last) {
            reader.feed(content.content());
            SseScanner events = reader.events();
            if (events != null && events.hasEventId()) {
                content.release();
                giveUp();
                return;
            }
        }
        content.release();
        if (last) {
            end();
        }
    }

    @Override
    public void onAttemptFailed(Failure failure) {
        end();
    }

    @Override
    protected void onDeadline(long nowNanos) {
        if (nowNanos - timeouts.nextNanos() < 0) {
            factory.worker().timers().arm(this, timeouts.nextNanos());
        } else {
            onTimeout.run();
            giveUp();
        }
    }

    private void giveUp() {
        attempt.cancel();
        end();
    }

    private void end() {
        factory.worker().timers().cancel(this);
        factory.drainEnds();
        if (answer != null) {
            answer.release();
            answer = null;
        }
    }

    @Override
    public void onInformational(HttpResponse informational) {}

    @Override
    public void onResponseHead(HttpResponse response) {
        answer = AnswerReader.of(
                factory.scanners(), this, response.headers(), McpRequests.typeOf(response.headers()), false, false);
    }

    @Override
    public void onSwitched(HttpResponse response) {
        giveUp();
    }

    @Override
    public void onMessage(McpFacts message) {}

    @Override
    public void onEndpoint(String uri) {}

    @Override
    public void onResponseReadComplete() {}

    @Override
    public void onUpstreamWritabilityChanged() {}
}
