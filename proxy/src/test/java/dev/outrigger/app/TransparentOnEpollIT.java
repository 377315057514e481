package dev.outrigger.app;

/** {@link TransparentIT} on epoll. */
class TransparentOnEpollIT extends TransparentIT {
    @Override
    String transport() {
        return "epoll";
    }
}
