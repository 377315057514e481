package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class McpScannerAllocationTest {
    private static final int ROUNDS = 2000;
    /** What the measurement itself and the JIT may leave behind; one object per message would be 32,000. */
    private static final long TOLERANCE_BYTES = 8000;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void scanningAllocatesNothing(boolean direct) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ByteBuf body = body(direct);
        McpScanner scanner = new McpScanner();
        try {
            scan(scanner, body);
            long before = threads.getCurrentThreadAllocatedBytes();
            scan(scanner, body);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;

            assertTrue(allocated < TOLERANCE_BYTES, () -> allocated + " bytes in " + ROUNDS + " messages");
        } finally {
            body.release();
        }
    }

    private static void scan(McpScanner scanner, ByteBuf body) {
        int middle = body.writerIndex() / 2;
        int end = body.writerIndex();
        for (int i = 0; i < ROUNDS; i++) {
            scanner.reset();
            scanner.feed(body.setIndex(0, middle));
            scanner.feed(body.setIndex(middle, end));
            scanner.end();
            body.setIndex(0, end);
        }
    }

    /** Without leak detection, which would record every access. */
    private static ByteBuf body(boolean direct) {
        UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(direct, true);
        String json = "{\"method\":\"tools/call\",\"params\":{\"n\\u0061me\":\"caf\u00e9\",\"arguments\":{\"text\":\""
                + "x".repeat(300) + "\\n\",\"rows\":[{\"id\":1.5,\"done\":true},{}]}},\"id\":\"a\\tb\"}";
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return (direct ? alloc.directBuffer(bytes.length) : alloc.heapBuffer(bytes.length)).writeBytes(bytes);
    }
}
