package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseScannerAllocationTest {
    private static final int ROUNDS = 2000;
    /** What the measurement itself and the JIT may leave behind; one object per event would be 32,000. */
    private static final long TOLERANCE_BYTES = 8000;

    private static final class Counter implements SseScanner.Sink {
        private int messages;

        @Override
        public void onMessage(McpFacts message) {
            messages++;
        }

        @Override
        public void onEndpoint(String uri) {}
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readingEventsAllocatesNothing(boolean direct) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ByteBuf event = event(direct);
        Counter counter = new Counter();
        SseScanner scanner = new SseScanner(new McpScanners(), counter);
        try {
            scan(scanner, event);
            long before = threads.getCurrentThreadAllocatedBytes();
            scan(scanner, event);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;

            assertEquals(2 * ROUNDS, counter.messages);
            assertTrue(allocated < TOLERANCE_BYTES, () -> allocated + " bytes in " + ROUNDS + " events");
        } finally {
            event.release();
        }
    }

    private static void scan(SseScanner scanner, ByteBuf event) {
        int middle = event.writerIndex() / 2;
        int end = event.writerIndex();
        for (int i = 0; i < ROUNDS; i++) {
            scanner.feed(event.setIndex(0, middle));
            scanner.feed(event.setIndex(middle, end));
            event.setIndex(0, end);
        }
    }

    /** Without leak detection, which would record every access. */
    private static ByteBuf event(boolean direct) {
        UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(direct, true);
        String text = "event: message\nid: 0123-45\ndata: {\"jsonrpc\":\"2.0\",\"id\":7,\ndata: \"result\":{\"text\":\""
                + "x".repeat(5000) + "\"}}\n\n";
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return (direct ? alloc.directBuffer(bytes.length) : alloc.heapBuffer(bytes.length)).writeBytes(bytes);
    }
}
