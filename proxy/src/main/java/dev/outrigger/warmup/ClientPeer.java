package dev.outrigger.warmup;

import dev.outrigger.warmup.Script.Step;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** A client's connection to the proxy: one request after the other, from some place of the script to the end of the round. */
final class ClientPeer extends Peer {
    private final WarmUpTraffic traffic;
    private int next;
    private Step current;

    /** @param first place in the script, so that clients do not go in step */
    ClientPeer(SocketChannel channel, Selector selector, WarmUpTraffic traffic, int first) throws IOException {
        super(channel, selector);
        this.traffic = traffic;
        this.next = first;
        this.current = Script.ROUND.get(first);
    }

    void begin() throws IOException {
        current = Script.ROUND.get(next++);
        write(current.request());
    }

    @Override
    boolean isWhole(ByteBuffer gathered) {
        return endsWith(gathered, current.answerEnd());
    }

    @Override
    void onMessage(ByteBuffer message) throws IOException {
        traffic.onAnswer();
        if (!traffic.isEnding() && next < Script.ROUND.size()) {
            begin();
        } else {
            close();
            traffic.onRound();
        }
    }

    @Override
    void onClosed() throws IOException {
        throw new IOException("the connection was closed instead of an answer to step " + (next - 1));
    }
}
