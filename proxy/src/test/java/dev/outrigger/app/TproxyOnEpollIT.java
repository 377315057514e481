package dev.outrigger.app;

/** {@link TproxyIT} on epoll. */
class TproxyOnEpollIT extends TproxyIT {
    @Override
    String transport() {
        return "epoll";
    }
}
