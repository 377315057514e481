package dev.outrigger.upstream;

import dev.outrigger.config.model.PoolConfig;

/**
 * One worker's share of an upstream's pool settings, in the units of the hot path.
 *
 * @param waitNanos how long an exchange waits for a connection, whether a new or a returned one
 */
record PoolLimits(
        int connectTimeoutMillis,
        long waitNanos,
        long idleTimeoutNanos,
        long maxLifetimeNanos,
        int maxConnections,
        int maxPending) {
    /** The handshake's own timeout should win over the waiter's, because it names the cause. */
    private static final long WAIT_MARGIN_NANOS = 50_000_000;

    static PoolLimits of(PoolConfig config, int workers) {
        return new PoolLimits(
                (int) Math.min(Integer.MAX_VALUE, config.connectTimeout().toMillis()),
                config.connectTimeout().toNanos() + WAIT_MARGIN_NANOS,
                config.idleTimeout().toNanos(),
                config.maxLifetime().toNanos(),
                share(config.maxConnections(), workers),
                share(config.maxPending(), workers));
    }

    private static int share(int total, int workers) {
        return (total + workers - 1) / workers;
    }
}
