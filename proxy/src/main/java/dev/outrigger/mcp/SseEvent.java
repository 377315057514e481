package dev.outrigger.mcp;

import org.jspecify.annotations.Nullable;

/**
 * The event of a stream that is being read, one after the other: its data goes into a borrowed scanner as it comes, and what
 * it was is told at its end. {@link SseScanner} takes the lines apart.
 */
final class SseEvent {
    private static final byte[] LINE_FEED = {'\n'};

    private final McpScanners scanners;
    private final SseScanner.Sink sink;
    private final ElementSink elements;
    private @Nullable ToolSink tools;
    private @Nullable DataSink copy;

    private boolean begun;
    private SseType type = SseType.MESSAGE;
    private boolean hasId;
    private boolean hasData;
    private @Nullable McpScanner scanner;
    private @Nullable SseEndpoint endpoint;

    /** The borrowed scanner is at work, perhaps telling of an element: it cannot be given back right now. */
    private boolean feeding;

    private boolean released;

    private boolean dispatchedWithId;
    private long dispatched;

    SseEvent(McpScanners scanners, SseScanner.Sink sink) {
        this.scanners = scanners;
        this.sink = sink;
        this.elements = this::onElement;
    }

    void tools(@Nullable ToolSink sinkOfTools) {
        tools = sinkOfTools;
    }

    void copyTo(@Nullable DataSink sinkOfData) {
        copy = sinkOfData;
    }

    /** A line that is no comment has begun. */
    void begin() {
        begun = true;
    }

    boolean isBegun() {
        return begun;
    }

    /** The last one counts. */
    void type(SseType found) {
        type = found;
    }

    /** The last one counts; an empty one is none. */
    void id(boolean present) {
        hasId = present;
    }

    boolean hasId() {
        return hasId;
    }

    void beginDataLine() {
        // A URI is one line.
        endpoint = type == SseType.ENDPOINT && !hasData ? new SseEndpoint() : null;
        hasData = true;
        if (scanner != null) {
            feed(scanner, LINE_FEED, 0, LINE_FEED.length);
        }
    }

    void data(byte[] in, int from, int end) {
        if (endpoint != null) {
            endpoint.add(in, from, end);
        }
        McpScanner reading = scanner;
        if (reading == null) {
            reading = scanners.borrow();
            reading.elements(elements);
            reading.tools(tools);
            scanner = reading;
            if (copy != null) {
                copy.onBegin();
            }
        }
        feed(reading, in, from, end);
    }

    /** A blank line has come. */
    void end() {
        if (!begun) {
            return;
        }
        SseType of = type;
        SseEndpoint uri = endpoint;
        boolean counts = hasData;
        dispatchedWithId |= counts && hasId;
        begun = false;
        type = SseType.MESSAGE;
        hasId = false;
        hasData = false;
        endpoint = null;
        if (counts) {
            dispatched++;
            dispatch(of, uri);
        }
    }

    /** Whether an event with data and an id has ended. */
    boolean hasDispatchedWithId() {
        return dispatchedWithId;
    }

    /** Events with data that have ended. */
    long dispatched() {
        return dispatched;
    }

    void release() {
        released = true;
        endpoint = null;
        if (!feeding) {
            giveScanner();
        }
    }

    boolean isReleased() {
        return released;
    }

    private void feed(McpScanner reading, byte[] in, int from, int end) {
        feeding = true;
        try {
            if (copy != null) {
                copy.onData(in, from, end);
            }
            reading.feed(in, from, end);
        } finally {
            feeding = false;
            if (released) {
                giveScanner();
            }
        }
    }

    private void dispatch(SseType of, @Nullable SseEndpoint uri) {
        McpScanner read = scanner;
        scanner = null;
        try {
            if (of == SseType.ENDPOINT && uri != null && uri.isUsable()) {
                sink.onEndpoint(uri.text());
            } else if (of == SseType.MESSAGE && read != null) {
                read.end();
                tell(read.facts());
            }
        } finally {
            if (read != null) {
                scanners.give(read);
            }
        }
    }

    private void tell(McpFacts message) {
        switch (message.kind()) {
            case REQUEST, NOTIFICATION, RESPONSE -> sink.onMessage(message);
            case NONE, UNDECIDED, BATCH, INVALID -> {}
        }
    }

    private void onElement(McpFacts element) {
        if (type == SseType.MESSAGE) {
            tell(element);
        }
    }

    private void giveScanner() {
        McpScanner borrowed = scanner;
        if (borrowed != null) {
            scanner = null;
            scanners.give(borrowed);
        }
    }
}
