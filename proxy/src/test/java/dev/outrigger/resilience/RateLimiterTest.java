package dev.outrigger.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.outrigger.config.model.ConcurrencyLimitConfig;
import dev.outrigger.config.model.RateLimitConfig;
import dev.outrigger.config.model.RateLimitConfig.Algorithm;
import dev.outrigger.config.model.RateLimitConfig.Key;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RateLimiterTest {
    private static final int CALLS = 100_000;

    private final AtomicLong now = new AtomicLong(-100);
    private final Limiters limiters = new Limiters(Runnable::run, now::get);

    private static RateLimitConfig config(Algorithm algorithm, int rate, boolean shadow, int maxKeys) {
        return new RateLimitConfig(Key.CLIENT_IP, algorithm, rate, Duration.ofSeconds(1), rate, shadow, maxKeys);
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void eachKeyHasALimitOfItsOwn(Algorithm algorithm) {
        RateLimiter limiter = limiters.rate("r", config(algorithm, 1, false, 10));

        assertEquals(0, limiter.take("a", 1, now.get()));
        assertTrue(limiter.take("a", 1, now.get()) > 0);
        assertEquals(0, limiter.take("b", 1, now.get()));
        assertEquals(1, limiter.rejected());
        assertEquals(0, limiter.fewestAvailable(now.get()));
        assertEquals(
                List.of(new RateLimiter.Bucket("a", 0), new RateLimiter.Bucket("b", 0)), limiter.buckets(5, now.get()));
        assertEquals(1, limiter.buckets(1, now.get()).size());
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void aLimitThatIsTriedOutOnlyCounts(Algorithm algorithm) {
        RateLimiter limiter = limiters.rate("r", config(algorithm, 1, true, 10));

        assertEquals(0, limiter.take("a", 1, now.get()));
        assertEquals(0, limiter.take("a", 1, now.get()));
        assertEquals(0, limiter.rejected());
        assertEquals(1, limiter.shadowRejected());
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void aKeyIsForgottenWhenItsLimitIsUntouchedAgainAndNotBefore(Algorithm algorithm) {
        RateLimiter limiter = limiters.rate("r", config(algorithm, 1, false, 10));
        limiter.take("a", 1, now.get());
        for (int i = 0; i < 50; i++) {
            now.addAndGet(1_000_000_000L - 1);
            assertTrue(limiter.take("a", 1, now.get()) > 0, "it was forgotten while it counted");
            now.addAndGet(1);
            assertEquals(0, limiter.take("a", 1, now.get()));
        }
        now.addAndGet(60_000_000_000L);
        assertEquals(List.of(), limiter.buckets(5, now.get()));
    }

    @Test
    void noMoreKeysAreRememberedThanMayBe() {
        RateLimiter limiter = limiters.rate("r", config(Algorithm.TOKEN_BUCKET, 1, false, 10));
        for (int i = 0; i < 1000; i++) {
            limiter.take("key" + i, 1, now.get());
        }
        assertTrue(limiter.keys() <= 10, limiter.keys() + " keys");
    }

    @Test
    void anEqualLimitGoesOnAndAnotherCountsOn() {
        RateLimitConfig config = config(Algorithm.TOKEN_BUCKET, 1, false, 10);
        RateLimiter limiter = limiters.rate("r", config);
        limiter.take("a", 1, now.get());
        limiter.take("a", 1, now.get());

        Limiters next = limiters.next();
        assertSame(limiter, next.rate("r", config(Algorithm.TOKEN_BUCKET, 1, false, 10)));
        RateLimiter changed = next.next().rate("r", config(Algorithm.TOKEN_BUCKET, 2, false, 10));
        assertEquals(0, changed.take("a", 1, now.get()), "its buckets are new");
        assertEquals(1, changed.rejected());
    }

    @Test
    void callsUnderWayAreCountedAcrossAChange() {
        ConcurrencyLimiter limiter = limiters.concurrency(
                ConcurrencyLimiter.Scope.ROUTE, "r", new ConcurrencyLimitConfig(1, 0, Duration.ofSeconds(1), false, 1));
        assertEquals(ConcurrencyLimiter.Entry.ENTERED, limiter.tryEnter(1));

        Limiters next = limiters.next();
        assertSame(
                limiter,
                next.concurrency(
                        ConcurrencyLimiter.Scope.ROUTE,
                        "r",
                        new ConcurrencyLimitConfig(2, 0, Duration.ofSeconds(1), false, 1)));
        assertEquals(1, limiter.limit(), "the configuration may still be dropped");
        next.commit();
        assertEquals(2, limiter.limit());
        assertEquals(1, limiter.used());
        assertNotEquals(
                limiter,
                next.concurrency(
                        ConcurrencyLimiter.Scope.UPSTREAM,
                        "r",
                        new ConcurrencyLimitConfig(2, 0, Duration.ofSeconds(1), false, 1)));
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void decidingAllocatesNothing(Algorithm algorithm) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        RateLimiter limiter = limiters.rate("r", config(algorithm, 100, false, 10));
        for (int i = 0; i < 3; i++) {
            takeMany(limiter);
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        takeMany(limiter);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertTrue(allocated < CALLS, () -> allocated + " bytes in " + CALLS + " calls");
    }

    private void takeMany(RateLimiter limiter) {
        for (int i = 0; i < CALLS; i++) {
            limiter.take("a", 1, now.addAndGet(1000));
        }
    }
}
