package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The scanner against a naive reading of the whole stream, for every way to cut it. */
class SseScannerPropertyTest {
    @Property(tries = 3000)
    void readsWhatTheNaiveReadingReads(@ForAll("streams") byte[] stream) {
        assertEquals(SseReading.naive(stream), SseReading.whole(stream));
    }

    @Property(tries = 500)
    void cutAtAnyByteReadsTheSame(@ForAll("streams") byte[] stream) {
        SseReading whole = SseReading.whole(stream);
        List<ByteBuf> bytes = new ArrayList<>();
        for (int cut = 0; cut < stream.length; cut++) {
            bytes.add(Unpooled.wrappedBuffer(stream, cut, 1));
            ByteBuf first = Unpooled.wrappedBuffer(stream, 0, cut);
            ByteBuf second = Unpooled.wrappedBuffer(stream, cut, stream.length - cut);
            assertEquals(whole, SseReading.pieces(new McpScanners(), List.of(first, second)), "cut at " + cut);
        }
        assertEquals(whole, SseReading.pieces(new McpScanners(), bytes), "one byte at a time");
    }

    @Property(tries = 1000)
    void cutIntoPiecesInAnyMemoryReadsTheSameAndLeavesNothingBorrowed(
            @ForAll("streams") byte[] stream, @ForAll Random random) {
        McpScanners scanners = new McpScanners();
        List<ByteBuf> pieces = pieces(stream, random);
        try {
            assertEquals(SseReading.naive(stream), SseReading.pieces(scanners, pieces));
            McpScanner free = scanners.borrow();
            assertEquals(0, scanners.free(), "more than one scanner for one stream");
            assertEquals(McpFacts.Kind.NONE, free.facts().kind());
        } finally {
            pieces.forEach(ByteBuf::release);
        }
    }

    @Test
    void readsAnythingAsTheNaiveReadingDoes() {
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            byte[] stream = SseStreams.shards(random);
            List<ByteBuf> pieces = pieces(stream, random);
            assertEquals(SseReading.naive(stream), SseReading.pieces(new McpScanners(), pieces), "seed " + seed);
            pieces.forEach(ByteBuf::release);
        }
    }

    @Provide
    Arbitrary<byte[]> streams() {
        return Arbitraries.randomValue(SseStreams::stream);
    }

    private static List<ByteBuf> pieces(byte[] stream, Random random) {
        List<ByteBuf> pieces = new ArrayList<>();
        int at = 0;
        while (at < stream.length) {
            int size = Math.min(stream.length - at, random.nextInt(1 + random.nextInt(80)));
            ByteBuf piece = random.nextBoolean() ? Unpooled.buffer() : Unpooled.directBuffer();
            pieces.add(piece.writeByte('\n').writeBytes(stream, at, size).skipBytes(1));
            at += size;
        }
        return pieces;
    }
}
