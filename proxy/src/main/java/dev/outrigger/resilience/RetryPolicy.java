package dev.outrigger.resilience;

import dev.outrigger.config.model.RetryConfig;
import java.time.Duration;
import java.util.BitSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How often and when a request is sent once more; which ones may be is a matter of what they ask.
 *
 * <p>Pauses have full jitter: a random time up to a bound that doubles. Requests that failed together do not come back
 * together, and on average sooner than with jitter around the bound (Brooker, "Exponential Backoff And Jitter"). Immutable.
 */
public final class RetryPolicy {
    /** Of routes that say nothing of retries: only what was not sent, so no pause, and to another endpoint. */
    public static final RetryPolicy UNSENT_ONLY = new RetryPolicy();

    private final boolean repeats;
    private final int attempts;
    private final long perTryNanos;
    private final double budget;
    private final long baseNanos;
    private final long maxNanos;
    private final BitSet statuses = new BitSet();
    private final long maxBodyBytes;

    private RetryPolicy() {
        repeats = false;
        // As Envoy and gRPC bound retries of what was refused unread.
        attempts = 3;
        perTryNanos = 0;
        budget = 0.2;
        baseNanos = 0;
        maxNanos = 0;
        maxBodyBytes = 0;
    }

    private RetryPolicy(RetryConfig config) {
        repeats = true;
        attempts = config.attempts();
        perTryNanos = config.perTryTimeout().map(Duration::toNanos).orElse(0L);
        budget = config.budget();
        baseNanos = config.backoffBase().toNanos();
        maxNanos = config.backoffMax().toNanos();
        config.statuses().forEach(statuses::set);
        maxBodyBytes = config.maxBodyBytes();
    }

    /** @param config null for {@link #UNSENT_ONLY} */
    public static RetryPolicy of(@Nullable RetryConfig config) {
        return config == null ? UNSENT_ONLY : new RetryPolicy(config);
    }

    /** Whether requests may be sent once more of which the upstream has got something. */
    public boolean repeats() {
        return repeats;
    }

    /** In all, the first included. */
    public int attempts() {
        return attempts;
    }

    /** After so many nanoseconds without an answer an attempt is given up for another one; 0: never. */
    public long perTryNanos() {
        return perTryNanos;
    }

    /** Retries per request, 0 to 1, see {@link RetryBudget#tryRetry}. */
    public double budget() {
        return budget;
    }

    /** Whether an answer with this status is not the last word. */
    public boolean isUnsettled(int status) {
        return statuses.get(status);
    }

    /** The longest body that is kept to be sent again. */
    public long maxBodyBytes() {
        return maxBodyBytes;
    }

    /**
     * How long to wait before the next attempt.
     *
     * @param pauses how many there were before
     * @return nanoseconds
     */
    public long pauseNanos(int pauses, RandomGenerator random) {
        long bound = maxNanos >> pauses < baseNanos ? maxNanos : baseNanos << pauses;
        return bound == 0 ? 0 : random.nextLong(bound + 1);
    }
}
