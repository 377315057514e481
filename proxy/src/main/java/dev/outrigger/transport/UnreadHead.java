package dev.outrigger.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * The bytes of a head that could not be read, as far as they are kept to show them.
 *
 * @param fromRequestLine whether they begin with the request line; else with a line of the headers
 */
@SuppressWarnings("ArrayRecordComponent")
record UnreadHead(byte[] bytes, boolean fromRequestLine) {
    static final UnreadHead NONE = new UnreadHead(new byte[0], true);

    private static final int KEPT_BYTES = 512;

    /** Copies what is in the buffer from {@code start} on. */
    static UnreadHead of(ByteBuf in, int start, boolean fromRequestLine) {
        int length = Math.min(KEPT_BYTES, in.writerIndex() - start);
        return new UnreadHead(ByteBufUtil.getBytes(in, start, length, true), fromRequestLine);
    }
}
