package dev.outrigger.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.channel.unix.UnixChannel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How much of what was written to a client it has taken. The kernel takes megabytes off our hands at once and then nothing for
 * as long as a slow client needs to read a third of that, so what is left of our own queue says little: the kernel is asked
 * what was acknowledged ({@code tcpi_bytes_acked}). A transport that can not ask (NIO) goes by the queue.
 */
final class TakenBytes {
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_INFO = 11;
    private static final int BYTES_ACKED_OFFSET = 120;
    private static final int LENGTH = BYTES_ACKED_OFFSET + Long.BYTES;

    private TakenBytes() {}

    /** @param writtenBytes since the connection was made */
    static long of(Channel channel, long writtenBytes) {
        return channel instanceof UnixChannel && channel.isActive()
                ? acknowledged(channel)
                : writtenBytes - queued(channel);
    }

    private static long acknowledged(Channel channel) {
        ByteBuffer info = channel.config().getOption(KernelInfo.OPTION);
        return info == null || info.limit() < LENGTH
                ? 0
                : info.order(ByteOrder.nativeOrder()).getLong(BYTES_ACKED_OFFSET);
    }

    /** Bytes that are written and not yet handed to the kernel. */
    static long queued(Channel channel) {
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        return queue == null ? 0 : queue.totalPendingWriteBytes();
    }

    /** Loaded by transports that have it only. */
    private static final class KernelInfo {
        private static final RawUnixChannelOption OPTION =
                new RawUnixChannelOption("TCP_INFO", IPPROTO_TCP, TCP_INFO, LENGTH);
    }
}
