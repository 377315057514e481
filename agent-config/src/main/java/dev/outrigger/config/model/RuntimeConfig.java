package dev.outrigger.config.model;

/**
 * Threads and sockets.
 *
 * @param workers event loops; 0 takes as many as the CPU quota allows
 */
public record RuntimeConfig(Transport transport, int workers) {
    /** Which kernel interface the event loops use. */
    public enum Transport {
        /** The best that works here: io_uring, then epoll, then NIO. */
        AUTO,
        /** Linux io_uring, or the start fails. */
        IO_URING,
        /** Linux epoll, or the start fails. */
        EPOLL,
        /** The JDK's selector, everywhere. */
        NIO
    }
}
