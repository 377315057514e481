package dev.outrigger.app;

/** The same on epoll, which is what containers get whose runtime blocks io_uring. */
class HandOverOnEpollIT extends HandOverIT {
    @Override
    String transport() {
        return "epoll";
    }
}
