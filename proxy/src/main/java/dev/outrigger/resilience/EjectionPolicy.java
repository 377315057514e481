package dev.outrigger.resilience;

import dev.outrigger.config.model.EjectionConfig;

/**
 * When endpoints are ejected and for how long, in the units of the hot path.
 *
 * @param consecutiveFailures failures in a row that eject one; 0 for never
 * @param baseNanos of a first ejection
 * @param maxNanos of any
 * @param maxShare of a group that may be out at a time, 0 to 1
 * @param jitter share of the time that is added at most, 0 to 1
 */
public record EjectionPolicy(int consecutiveFailures, long baseNanos, long maxNanos, double maxShare, double jitter) {
    /** Of a configuration. */
    public static EjectionPolicy of(EjectionConfig config) {
        return new EjectionPolicy(
                config.consecutiveFailures(),
                config.baseTime().toNanos(),
                config.maxTime().toNanos(),
                config.maxShare(),
                config.jitter());
    }

    boolean isOn() {
        return consecutiveFailures > 0;
    }

    /**
     * How long an ejection lasts.
     *
     * @param inARow which one in a row it is; the first is 1
     * @param chance drawn for it, from 0 up to 1
     */
    long lengthNanos(int inARow, double chance) {
        long length = baseNanos;
        for (int i = 1; i < inARow && length < maxNanos; i++) {
            length *= 2;
        }
        return (long) (Math.min(length, maxNanos) * (1 + jitter * chance));
    }

    /** How many of a group may be out: one of several always, or a share that is small would be none; never the only one. */
    int limit(int members) {
        return members < 2 ? 0 : Math.max(1, (int) (maxShare * members));
    }
}
