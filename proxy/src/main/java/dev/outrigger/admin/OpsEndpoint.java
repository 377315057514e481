package dev.outrigger.admin;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Answers the requests of one route. Called on the operations loop, so it must not block; what takes time is done elsewhere
 * and completes the stage on whatever thread it likes.
 *
 * <p>An exception or a failed stage is a defect: it is logged, and the client gets 500 without details.
 */
@FunctionalInterface
public interface OpsEndpoint {
    CompletionStage<OpsReply> answer(OpsRequest request);

    /** The same endpoint behind a guard of its own, besides those of the port. */
    default OpsEndpoint behind(OpsGuard guard) {
        return request -> {
            OpsReply refusal = guard.refuse(request);
            return refusal == null ? answer(request) : CompletableFuture.completedFuture(refusal);
        };
    }

    /** An endpoint whose answer is there at once. */
    static OpsEndpoint of(Function<OpsRequest, OpsReply> answer) {
        return request -> CompletableFuture.completedFuture(answer.apply(request));
    }
}
