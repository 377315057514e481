package dev.outrigger.record;

import dev.outrigger.failure.Reason;
import org.jspecify.annotations.Nullable;

/**
 * A tool call that no upstream has answered, with what is needed to make it once more. Of its head only what says which
 * revision it is in: credentials must not lie in a file.
 *
 * @param atNanos when it failed, in the clock's reading
 * @param target of the request, with its query
 * @param protocolVersion as the request's header says; null without
 * @param modern whether it is of a revision without sessions
 * @param maybeDone whether an upstream may have acted on it
 * @param message the call, JSON
 */
public record DeadLetter(
        long atNanos,
        String requestId,
        String traceId,
        String route,
        String upstream,
        String tool,
        Reason reason,
        String target,
        @Nullable String protocolVersion,
        boolean modern,
        boolean maybeDone,
        String message) {

    /** Takes calls on loops; must not block. */
    @FunctionalInterface
    public interface Sink {
        /** Of processes that keep none. */
        Sink NONE = letter -> {};

        void offer(DeadLetter letter);
    }
}
