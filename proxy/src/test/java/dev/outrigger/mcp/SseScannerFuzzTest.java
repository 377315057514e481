package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/** Any bytes as a stream of events: the scanner reads what WHATWG's algorithm reads, however they arrive. */
class SseScannerFuzzTest {
    private static final int LIMIT_BYTES = 2048;

    @FuzzTest
    void readsTheSameHoweverItArrives(byte[] stream) {
        if (stream == null || stream.length > LIMIT_BYTES) {
            return;
        }
        SseReading whole = SseReading.whole(stream);
        List<ByteBuf> bytes = new ArrayList<>();
        for (int i = 0; i < stream.length; i++) {
            bytes.add(Unpooled.wrappedBuffer(stream, i, 1));
        }
        assertEquals(whole, SseReading.pieces(new McpScanners(), bytes), "one byte at a time");
        assertEquals(SseReading.naive(stream), whole);
    }
}
