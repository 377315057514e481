package dev.outrigger.app;

/** {@link TcpIT} on nio, which tells the ends of directions in its own way. */
class TcpOnNioIT extends TcpIT {
    @Override
    String transport() {
        return "nio";
    }
}
