package dev.outrigger.testing;

import dev.outrigger.failure.Failure;
import dev.outrigger.upstream.Answer;
import dev.outrigger.upstream.SessionCall;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A call that counts what it is told. */
public class CountingCall implements SessionCall {
    private final AtomicInteger sessionEnds;

    public CountingCall() {
        this(new AtomicInteger());
    }

    /** @param sessionEnds counts for several calls */
    public CountingCall(AtomicInteger sessionEnds) {
        this.sessionEnds = sessionEnds;
    }

    public int sessionEnds() {
        return sessionEnds.get();
    }

    @Override
    public void onAnswer(Answer answer) {}

    @Override
    public void onFailed(Failure failure) {}

    @Override
    public void onSessionEnd() {
        sessionEnds.incrementAndGet();
    }

    @Override
    public void onCancelled() {}

    @Override
    public void onProgress() {}

    @Override
    public void onServerAsks() {}

    @Override
    public @Nullable String progressToken() {
        return null;
    }
}
