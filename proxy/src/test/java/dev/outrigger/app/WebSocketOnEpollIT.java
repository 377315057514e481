package dev.outrigger.app;

/** The same on epoll, which is what containers get whose runtime blocks io_uring. */
class WebSocketOnEpollIT extends WebSocketIT {
    @Override
    String transport() {
        return "epoll";
    }
}
