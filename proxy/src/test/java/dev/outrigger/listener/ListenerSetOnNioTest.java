package dev.outrigger.listener;

import dev.outrigger.config.model.RuntimeConfig.Transport;

/** On NIO, where the kernel steers nothing. */
class ListenerSetOnNioTest extends ListenerSetContract {
    @Override
    Transport transport() {
        return Transport.NIO;
    }
}
