package dev.outrigger.admin;

import dev.outrigger.record.RefusedRequest;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Where {@code /errors} comes from. Every worker keeps its own, so that asking takes a turn of each loop. */
@FunctionalInterface
public interface RefusalSource {
    /** The requests that were refused last, the latest first. Completes on any thread. */
    CompletionStage<List<Refusal>> last();

    /**
     * A request that was refused before it was an exchange.
     *
     * @param listener name of the listener that it came in by
     */
    record Refusal(Instant at, String listener, RefusedRequest request) {}
}
