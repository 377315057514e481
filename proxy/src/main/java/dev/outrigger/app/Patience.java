package dev.outrigger.app;

import dev.outrigger.time.NanoClock;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Waits for something that nobody tells about, by looking again and again. For commands, which have a thread of their own. */
final class Patience {
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final NanoClock clock;

    Patience(NanoClock clock) {
        this.clock = clock;
    }

    /**
     * @param done looked at once at least
     * @param atMost how long to go on looking
     * @return whether it was done in time; false as well if the thread is interrupted
     */
    boolean await(BooleanSupplier done, Duration atMost) {
        long deadlineNanos = clock.nanoTime() + atMost.toNanos();
        while (!done.getAsBoolean()) {
            if (clock.nanoTime() - deadlineNanos >= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        return true;
    }

    /** Reads whole seconds, as {@code 25s}. */
    static final class Seconds implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            if (!text.matches("\\d{1,5}s")) {
                throw new TypeConversionException("'" + text + "', expected a time as 25s");
            }
            return Duration.ofSeconds(Long.parseLong(text.substring(0, text.length() - 1)));
        }
    }
}
