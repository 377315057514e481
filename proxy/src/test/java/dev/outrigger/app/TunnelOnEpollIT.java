package dev.outrigger.app;

/** The same on epoll, where half a connection ends in another way than on io_uring. */
class TunnelOnEpollIT extends TunnelIT {
    @Override
    String transport() {
        return "epoll";
    }
}
