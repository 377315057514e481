package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class McpScannerAllocationTest {
    private static final int ROUNDS = 2000;
    /** What the measurement itself and the JIT may leave behind; one object per message would be 32,000. */
    private static final long TOLERANCE_BYTES = 8000;

    private static final String LONG_TEXT = "x".repeat(300);

    /** What is scanned. */
    private enum Body {
        CALL("{\"method\":\"tools/call\",\"params\":{\"n\\u0061me\":\"caf\u00e9\",\"uri\":\"" + LONG_TEXT
                + "\",\"arguments\":{\"text\":\"" + LONG_TEXT + "\\n\",\"rows\":[{\"id\":1.5,\"done\":true},{}]},"
                + "\"_meta\":{\"traceparent\":\"00-0af7\",\"tracestate\":\"a=b\",\"progressToken\":1,"
                + "\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}},\"id\":\"a\\tb\"}"),
        TOOLS("{\"id\":1,\"result\":{\"tools\":[{\"name\":\"echo\",\"annotations\":{\"readOnlyHint\":true}},"
                + "{\"name\":\"rm\",\"inputSchema\":{\"type\":\"object\"}}],\"nextCursor\":\"2\",\"isError\":true,"
                + "\"resultType\":\"task\",\"taskId\":\"t\"}}"),
        ERROR("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32602,\"message\":\"no\"},\"id\":null}"),
        BATCH("[" + CALL.json + "," + ERROR.json + "," + TOOLS.json + "]");

        private final String json;

        Body(String json) {
            this.json = json;
        }
    }

    private int elements;
    private int tools;

    @ParameterizedTest
    @CsvSource({"CALL, false", "CALL, true", "TOOLS, false", "TOOLS, true", "ERROR, true", "BATCH, true"})
    void scanningAllocatesNothing(Body what, boolean direct) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ByteBuf body = body(what, direct);
        McpScanner scanner = new McpScanner();
        ElementSink elementSink = element -> elements++;
        ToolSink toolSink = (name, length, hints) -> tools++;
        try {
            scan(scanner, body, elementSink, toolSink);
            long before = threads.getCurrentThreadAllocatedBytes();
            scan(scanner, body, elementSink, toolSink);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;

            assertTrue(allocated < TOLERANCE_BYTES, () -> allocated + " bytes in " + ROUNDS + " messages");
            assertEquals(McpFacts.Problem.NONE, scanner.facts().problem());
            assertEquals(what == Body.BATCH ? 3 * 2 * ROUNDS : 0, elements);
            assertEquals(what == Body.BATCH || what == Body.TOOLS ? 2 * 2 * ROUNDS : 0, tools);
        } finally {
            body.release();
        }
    }

    private static void scan(McpScanner scanner, ByteBuf body, ElementSink elementSink, ToolSink toolSink) {
        int middle = body.writerIndex() / 2;
        int end = body.writerIndex();
        for (int i = 0; i < ROUNDS; i++) {
            scanner.reset();
            scanner.elements(elementSink);
            scanner.tools(toolSink);
            scanner.feed(body.setIndex(0, middle));
            scanner.feed(body.setIndex(middle, end));
            scanner.end();
            body.setIndex(0, end);
        }
    }

    /** Without leak detection, which would record every access. */
    private static ByteBuf body(Body what, boolean direct) {
        UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(direct, true);
        byte[] bytes = what.json.getBytes(StandardCharsets.UTF_8);
        return (direct ? alloc.directBuffer(bytes.length) : alloc.heapBuffer(bytes.length)).writeBytes(bytes);
    }
}
