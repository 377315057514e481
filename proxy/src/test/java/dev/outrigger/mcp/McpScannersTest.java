package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class McpScannersTest {
    private final McpScanners scanners = new McpScanners();

    @Test
    void lendTheSameScannerAgainWithNothingInIt() {
        McpScanner first = scanners.borrow();
        first.feed(Unpooled.copiedBuffer("{\"method\":\"ping\"", StandardCharsets.UTF_8));
        scanners.give(first);

        McpScanner second = scanners.borrow();
        assertSame(first, second);
        assertEquals(McpFacts.Kind.NONE, second.facts().kind());
        assertNotSame(second, scanners.borrow());
    }

    @Test
    void keepABoundedNumber() {
        List<McpScanner> lent = new ArrayList<>();
        for (int i = 0; i < McpScanners.MAX_FREE + 10; i++) {
            lent.add(scanners.borrow());
        }
        lent.forEach(scanners::give);

        assertEquals(McpScanners.MAX_FREE, scanners.free());
    }

    @Test
    void lendTheWindowOnlyOnceAtATime() {
        byte[] first = scanners.takeStreamWindow();
        byte[] second = scanners.takeStreamWindow();
        assertNotSame(first, second);

        scanners.giveStreamWindow(second);
        assertNotSame(first, scanners.takeStreamWindow());
        scanners.giveStreamWindow(first);
        assertSame(first, scanners.takeStreamWindow());
    }
}
