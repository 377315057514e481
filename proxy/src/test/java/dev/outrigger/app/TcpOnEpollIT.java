package dev.outrigger.app;

/** {@link TcpIT} on epoll, which tells the ends of directions in its own way. */
class TcpOnEpollIT extends TcpIT {
    @Override
    String transport() {
        return "epoll";
    }
}
