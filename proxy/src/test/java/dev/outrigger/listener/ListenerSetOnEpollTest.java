package dev.outrigger.listener;

import dev.outrigger.config.model.RuntimeConfig.Transport;

/** The same on epoll. */
class ListenerSetOnEpollTest extends SteeredListenerSetContract {
    @Override
    Transport transport() {
        return Transport.EPOLL;
    }
}
