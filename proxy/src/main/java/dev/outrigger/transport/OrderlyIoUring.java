package dev.outrigger.transport;

import io.netty.channel.Channel;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.uring.IoUringIoHandle;

/**
 * io_uring whose end leaves nothing under way. Netty's handler (4.2.18) wakes itself up each time that its loop looks whether
 * it may end, and frees the memory that the wake-up is read into without waiting for that read; when the kernel is late, it
 * writes into memory that somebody else has by then, and the process dies.
 *
 * <p>Here it wakes itself up once, and takes in what is complete before it goes. Each connection gets its
 * {@link CancelledReads}.
 */
final class OrderlyIoUring implements IoHandler {
    /** Each round submits and takes in; reads that are ready need one. */
    private static final int LAST_ROUNDS = 8;

    private final IoHandler handler;
    private boolean prepared;

    /** @param handler Netty's */
    OrderlyIoUring(IoHandler handler) {
        this.handler = handler;
    }

    @Override
    public void initialize() {
        handler.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return handler.run(context);
    }

    @Override
    public void prepareToDestroy() {
        if (!prepared) {
            prepared = true;
            handler.prepareToDestroy();
        }
    }

    @Override
    public void destroy() {
        for (int round = 0; round < LAST_ROUNDS; round++) {
            handler.run(AtOnce.INSTANCE);
        }
        handler.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        if (handle instanceof IoUringIoHandle uring
                && handle instanceof Channel.Unsafe unsafe
                && unsafe.voidPromise().channel() instanceof SocketChannel connection) {
            CancelledReads reads = new CancelledReads(uring, connection);
            connection.pipeline().addFirst(reads);
            return handler.register(reads);
        }
        return handler.register(handle);
    }

    @Override
    public void wakeup() {
        handler.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return handler.isCompatible(handleType);
    }

    /** Waits for nothing. */
    private enum AtOnce implements IoHandlerContext {
        INSTANCE;

        @Override
        public boolean canBlock() {
            return false;
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return 0;
        }

        @Override
        public long deadlineNanos() {
            return -1;
        }
    }
}
