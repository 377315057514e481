package dev.outrigger.listener;

import dev.outrigger.config.model.RuntimeConfig.Transport;

/** With whatever the machine prefers. */
class ListenerSetTest extends SteeredListenerSetContract {
    @Override
    Transport transport() {
        return Transport.AUTO;
    }
}
