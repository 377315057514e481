package dev.outrigger.app;

/** The same on epoll, which reads what is left after an end in another way than io_uring. */
class SlowReaderOnEpollIT extends SlowReaderIT {
    @Override
    String transport() {
        return "epoll";
    }
}
