package dev.outrigger.warmup;

import dev.outrigger.time.NanoClock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Set;

/**
 * Clients and server of one warm-up, all on the calling thread: the machine may have a single CPU, and what the stubs take
 * is missing where it is needed.
 */
final class WarmUpTraffic {
    /** After the limit: an answer that is still missing then is not waited for. */
    private static final long LAST_ANSWERS_NANOS = 250_000_000;

    private static final long SELECT_MILLIS = 10;

    private final WarmUpServer server;
    private final InetSocketAddress proxy;
    private final NanoClock clock;
    private long answers;
    private int open;
    private int opened;
    private boolean ending;

    WarmUpTraffic(WarmUpServer server, InetSocketAddress proxy, NanoClock clock) {
        this.server = server;
        this.proxy = proxy;
        this.clock = clock;
    }

    /**
     * @param connections of clients at a time
     * @param endNanos reading of the clock at which it is over at the latest
     * @param wholeTime whether to go on when more of it brings nothing
     * @return whether it ended before that, by itself
     * @throws IOException if a connection breaks
     */
    boolean run(int connections, long endNanos, boolean wholeTime) throws IOException {
        try (Selector selector = Selector.open()) {
            try {
                server.register(selector);
                long nowNanos = clock.nanoTime();
                Pace pace = new Pace(nowNanos);
                while (nowNanos - endNanos < 0 && (wholeTime || !pace.isSettled())) {
                    fill(selector, connections);
                    turn(selector);
                    nowNanos = clock.nanoTime();
                    pace.onTurn(nowNanos, answers);
                }
                ending = true;
                long lastNanos = nowNanos + LAST_ANSWERS_NANOS;
                while (open > 0 && clock.nanoTime() - lastNanos < 0) {
                    turn(selector);
                }
                return nowNanos - endNanos < 0;
            } finally {
                close(selector.keys());
            }
        }
    }

    /** Exchanges so far. */
    long answers() {
        return answers;
    }

    private void fill(Selector selector, int connections) throws IOException {
        for (; open < connections; open++) {
            // On loopback a connect is done when the call returns.
            SocketChannel channel = SocketChannel.open(proxy);
            new ClientPeer(channel, selector, this, opened++ % Script.ROUND.size()).begin();
        }
    }

    private void turn(Selector selector) throws IOException {
        selector.select(SELECT_MILLIS);
        Set<SelectionKey> ready = selector.selectedKeys();
        for (SelectionKey key : ready) {
            if (key.isValid() && key.attachment() instanceof Peer peer) {
                peer.onReady();
            } else if (key.isValid()) {
                server.accept(selector);
            }
        }
        ready.clear();
    }

    private static void close(Set<SelectionKey> keys) throws IOException {
        for (SelectionKey key : keys) {
            key.channel().close();
        }
    }

    void onAnswer() {
        answers++;
    }

    /** A client has closed, in order. */
    void onRound() {
        open--;
    }

    /** Whether no further request may begin. */
    boolean isEnding() {
        return ending;
    }
}
