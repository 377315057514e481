package dev.outrigger.app;

import dev.outrigger.config.model.DeadLetterConfig;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.record.DeadLetter;
import dev.outrigger.telemetry.DeadLetterFile;
import dev.outrigger.telemetry.DropCounter;
import dev.outrigger.telemetry.WallClock;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The dead-letter file of the configuration in force, for the life of the process: the loops hold this one, and a reload
 * changes where it leads.
 */
final class DeadLetters implements Reloadable, DeadLetter.Sink {
    private final WallClock wall;
    private final Runnable barrier;
    private final DropCounter dropped = new DropCounter();
    private volatile @Nullable DeadLetterFile file;

    /** @param barrier returns when every loop has ended what it was doing */
    DeadLetters(WallClock wall, Runnable barrier) {
        this.wall = wall;
        this.barrier = barrier;
    }

    @Override
    public void offer(DeadLetter letter) {
        DeadLetterFile current = file;
        if (current != null) {
            current.offer(letter);
        }
    }

    @Override
    public Prepared prepare(ProxyConfig next) throws IOException {
        DeadLetterFile old = file;
        DeadLetterConfig wanted = next.deadLetter();
        if (old != null && old.config().equals(wanted)) {
            return Prepared.of(() -> {});
        }
        DeadLetterFile made = wanted.path().isEmpty() ? null : new DeadLetterFile(wanted, wall, dropped);
        return new Prepared() {
            @Override
            public void commit() {
                file = made;
                if (old != null) {
                    barrier.run();
                    old.close();
                }
            }

            @Override
            public void abandon() {
                if (made != null) {
                    made.close();
                }
            }
        };
    }

    /** Calls that were lost since the start. */
    LongSupplier dropped() {
        return dropped;
    }

    /** Calls that wait to be written now. */
    long waiting() {
        DeadLetterFile current = file;
        return current == null ? 0 : current.waiting();
    }

    /** Writes what waits. */
    void close() {
        DeadLetterFile current = file;
        if (current != null) {
            current.close();
        }
    }
}
