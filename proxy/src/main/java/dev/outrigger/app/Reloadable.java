package dev.outrigger.app;

import dev.outrigger.config.model.ProxyConfig;
import java.io.IOException;

/**
 * A part of the sidecar that the configuration shapes, and that takes on another one while it works.
 *
 * <p>In two steps, so that a configuration comes into force as a whole or not at all: first every part prepares, which may
 * fail, and then every part commits, which may not. A single step would leave half of a configuration in force when, say,
 * the last of its ports is taken.
 *
 * <p>Called by one thread at a time, never by an event loop.
 */
interface Reloadable {
    /**
     * Does everything that can fail, without any effect on the traffic.
     *
     * @throws IOException naming what can not be had; then nothing is left of the preparation
     */
    Prepared prepare(ProxyConfig next) throws IOException;

    /** A configuration that a part is ready for. Exactly one of the two methods is called, once. */
    interface Prepared {
        /** Puts it into force. */
        void commit();

        /** Gives back what was prepared. */
        void abandon();

        /** A preparation that holds nothing which had to be given back. */
        static Prepared of(Runnable commit) {
            return new Prepared() {
                @Override
                public void commit() {
                    commit.run();
                }

                @Override
                public void abandon() {}
            };
        }
    }

    /** Takes on the first configuration, or one that concerns this part alone. */
    default void apply(ProxyConfig config) throws IOException {
        prepare(config).commit();
    }
}
