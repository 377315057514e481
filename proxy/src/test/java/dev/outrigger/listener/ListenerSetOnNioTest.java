package dev.outrigger.listener;

import dev.outrigger.config.model.RuntimeConfig.Transport;

/** The same on Nio, where the kernel steers nothing. */
class ListenerSetOnNioTest extends ListenerSetTest {
    @Override
    Transport transport() {
        return Transport.NIO;
    }
}
