package dev.outrigger.app;

/** The same on epoll, which is what containers get whose runtime blocks io_uring. */
class OrderlyStopOnEpollIT extends OrderlyStopIT {
    @Override
    String transport() {
        return "epoll";
    }
}
