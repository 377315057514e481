package dev.outrigger.listener;

import dev.outrigger.config.model.RuntimeConfig.Transport;

/** The same on Epoll, which is what containers get whose runtime blocks io_uring. */
class ListenerSetOnEpollTest extends ListenerSetTest {
    @Override
    Transport transport() {
        return Transport.EPOLL;
    }
}
