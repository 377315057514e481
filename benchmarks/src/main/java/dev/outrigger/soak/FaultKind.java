package dev.outrigger.soak;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What is done to the replicas and the sidecar, in this order, over and over. */
enum FaultKind {
    KILLED(5, "a replica is killed, another takes its port after 5 s"),
    STOPPED(5, "a replica is stopped (SIGSTOP) for 5 s"),
    RESETS(5, "a replica resets the connection of every request for 5 s"),
    RELOADED(0, "another configuration is taken up"),
    DRIP(5, "a replica sends its answers byte by byte for 5 s"),
    GARBAGE(5, "a replica answers with what is no HTTP for 5 s"),
    BROKEN_FILE(0, "SIGHUP with a broken file"),
    REPLICAS_DOWN(3, "all three replicas are killed and back after 3 s, the one that stands in works"),
    ALL_DOWN(3, "all four are killed and back after 3 s");

    private final long lengthNanos;
    private final String description;

    FaultKind(long seconds, String description) {
        this.lengthNanos = TimeUnit.SECONDS.toNanos(seconds);
        this.description = description;
    }

    static FaultKind nth(int number) {
        return values()[number % values().length];
    }

    long lengthNanos() {
        return lengthNanos;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    String description() {
        return description;
    }
}
