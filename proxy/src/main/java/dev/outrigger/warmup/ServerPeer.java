package dev.outrigger.warmup;

import dev.outrigger.warmup.Script.Step;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** The server's end of a connection from the proxy: answers each request as the script has it. */
final class ServerPeer extends Peer {
    ServerPeer(SocketChannel channel, Selector selector) throws IOException {
        super(channel, selector);
    }

    @Override
    boolean isWhole(ByteBuffer gathered) {
        return gathered.position() > Script.LONGEST_KEY
                && endsWith(gathered, Script.of(gathered).requestEnd());
    }

    @Override
    void onMessage(ByteBuffer message) throws IOException {
        Step step = Script.of(message);
        write(step.answer());
        if (step.closes()) {
            close();
        }
    }

    @Override
    void onClosed() {
        // The proxy has no use for it any more.
    }
}
