package dev.outrigger.warmup;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * One connection of a stub: gathers bytes until a message is whole, and writes whole messages.
 *
 * <p>On the JDK's own channels rather than on Netty's: Netty's code is to be compiled for what the proxy does with it, not
 * for the stubs.
 */
abstract class Peer {
    /** Holds the longest message of the script and what the proxy adds to its head. */
    private static final int MESSAGE_BYTES = 32 * 1024;

    private final SocketChannel channel;
    private final SelectionKey key;
    private final ByteBuffer in = ByteBuffer.allocate(MESSAGE_BYTES);
    private ByteBuffer out = ByteBuffer.allocate(0);

    Peer(SocketChannel channel, Selector selector) throws IOException {
        this.channel = channel;
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        this.key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    /** The socket can be read or written. */
    final void onReady() throws IOException {
        if (key.isWritable()) {
            flush();
        }
        if (!key.isReadable()) {
            return;
        }
        if (channel.read(in) < 0) {
            close();
            onClosed();
        } else if (in.position() > 0 && isWhole(in)) {
            onMessage(in);
        }
    }

    /** Whether all of a message is there: from the beginning of the buffer to its position. */
    abstract boolean isWhole(ByteBuffer gathered);

    /** A message is there; {@link #write} or {@link #close} ends it. */
    abstract void onMessage(ByteBuffer message) throws IOException;

    /** The other side has closed. */
    abstract void onClosed() throws IOException;

    /** Begins a message, and forgets the one that was read before. */
    final void write(byte[] message) throws IOException {
        in.clear();
        out = ByteBuffer.wrap(message);
        flush();
    }

    private void flush() throws IOException {
        channel.write(out);
        key.interestOps(out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    final void close() throws IOException {
        channel.close();
    }

    static boolean endsWith(ByteBuffer gathered, byte[] end) {
        int from = gathered.position() - end.length;
        if (from < 0) {
            return false;
        }
        // The last byte first: it decides nearly always.
        for (int i = end.length - 1; i >= 0; i--) {
            if (gathered.get(from + i) != end[i]) {
                return false;
            }
        }
        return true;
    }
}
