package dev.outrigger.mcp;

import java.util.ArrayDeque;

/**
 * The scanners of one loop that nobody uses at the moment. A scanner holds some KiB for ids, names and nesting, which is
 * nothing for one message and too much for each of ten thousand streams that wait for their next one: whoever reads a
 * message borrows a scanner for as long as the message lasts.
 *
 * <p>Belongs to one loop, whose scanners share one window (see {@link McpScanner#McpScanner(byte[])}).
 */
public final class McpScanners {
    /** Messages that one loop reads at the same time are few; what a burst needs beyond this is left to the collector. */
    static final int MAX_FREE = 256;

    private final ArrayDeque<McpScanner> free = new ArrayDeque<>();
    private final byte[] window = new byte[McpScanner.WINDOW_BYTES];
    /** Where an {@link SseScanner} looks at direct memory. */
    private final byte[] streamWindow = new byte[McpScanner.WINDOW_BYTES];

    private boolean streamWindowTaken;

    /** A scanner ready for a message. Bring it back with {@link #give}. */
    public McpScanner borrow() {
        McpScanner scanner = free.pollLast();
        return scanner != null ? scanner : new McpScanner(window);
    }

    /** Takes a scanner back, and forgets what it has read. The caller must not touch it, or its facts, again. */
    public void give(McpScanner scanner) {
        scanner.reset();
        if (free.size() < MAX_FREE) {
            free.addLast(scanner);
        }
    }

    /** Scanners that wait to be borrowed. */
    int free() {
        return free.size();
    }

    /**
     * Not the scanners' own: an event stream is read in it while it tells its sink of messages, and the sink may well have
     * another message or stream read.
     *
     * @return for {@link #giveStreamWindow}; a new one if another stream is being read further up the stack
     */
    byte[] takeStreamWindow() {
        if (streamWindowTaken) {
            return new byte[McpScanner.WINDOW_BYTES];
        }
        streamWindowTaken = true;
        return streamWindow;
    }

    void giveStreamWindow(byte[] taken) {
        if (taken == streamWindow) {
            streamWindowTaken = false;
        }
    }
}
