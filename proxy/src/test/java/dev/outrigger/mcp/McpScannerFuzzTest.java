package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes as a message: the scanner reads what the naive reading reads, however they arrive. */
class McpScannerFuzzTest {
    /** The naive reading recurses, and the ways to cut grow with the length. */
    private static final int LIMIT_BYTES = 2048;

    @FuzzTest
    void readsTheSameHoweverItArrives(byte[] body) {
        if (body == null || body.length > LIMIT_BYTES) {
            return;
        }
        Scan whole = Scan.whole(body);
        assertEquals(whole, Scan.bytewise(body), "one byte at a time");
        assertEquals(whole, Scan.cut(body, body.length / 3, body.length / 2), "in three pieces");
        Scan naive = NaiveScan.of(body);
        assertEquals(naive.kind(), whole.kind());
        if (naive.kind() != McpFacts.Kind.INVALID) {
            assertEquals(naive, whole);
        }
    }
}
