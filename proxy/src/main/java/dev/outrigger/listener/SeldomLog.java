package dev.outrigger.listener;

import dev.outrigger.time.NanoClock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Warnings about connections, which others make as fast as they like: one now and then says it all, and how many there were
 * besides. The counters of connections have each.
 *
 * <p>Any thread may call it.
 */
final class SeldomLog {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Logger log;
    private final String prefix;
    private final NanoClock clock;
    private final AtomicLong nextNanos;
    private final AtomicLong leftOut = new AtomicLong();

    /** @param prefix of every line */
    SeldomLog(Logger log, String prefix, NanoClock clock) {
        this.log = log;
        this.prefix = prefix;
        this.clock = clock;
        this.nextNanos = new AtomicLong(clock.nanoTime());
    }

    void warn(String message) {
        long nowNanos = clock.nanoTime();
        long dueNanos = nextNanos.get();
        if (nowNanos - dueNanos < 0 || !nextNanos.compareAndSet(dueNanos, nowNanos + PAUSE_NANOS)) {
            leftOut.incrementAndGet();
            return;
        }
        long others = leftOut.getAndSet(0);
        log.log(Level.WARNING, prefix + message + (others == 0 ? "" : " (" + others + " more since the last warning)"));
    }
}
