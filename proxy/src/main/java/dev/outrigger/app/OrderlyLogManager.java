package dev.outrigger.app;

import java.util.logging.LogManager;

/**
 * Keeps the log until the end. The JDK's own manager closes all handlers in a shutdown hook of its own, at the same time as
 * the orderly stop runs, so that whatever the stop has to say would be lost.
 *
 * <p>Public with a public constructor because the JDK makes it by name.
 */
public final class OrderlyLogManager extends LogManager {
    /** Makes this the log manager; has to come before the first use of any logger. */
    static void install() {
        System.setProperty("java.util.logging.manager", OrderlyLogManager.class.getName());
    }

    /** Without effect; the process closes its handler when it has stopped. */
    @Override
    public void reset() {}
}
