package dev.outrigger.admin;

import java.util.Optional;

/** How much an upstream's pools are used, summed over the workers. Read on the operations loop, so it must not block. */
@FunctionalInterface
public interface PoolGauges {
    /** Where nobody counts. */
    PoolGauges NONE = upstream -> Optional.empty();

    /** @return empty if nothing is known of that upstream */
    Optional<PoolGauge> of(String upstream);

    /**
     * @param connections open, idle ones included
     * @param pending exchanges that wait for a connection
     */
    record PoolGauge(long connections, long pending) {}
}
