package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** The scanner against a naive reading of the whole document, and against itself for every way to cut it. */
class McpScannerPropertyTest {
    private static final int SMALL_BYTES = 160;

    @Property(tries = 3000)
    void readsWhatTheNaiveReadingReads(@ForAll("bodies") byte[] body) {
        Scan expected = NaiveScan.of(body);
        Scan actual = Scan.whole(body);

        assertEquals(expected.kind(), actual.kind());
        if (expected.kind() == McpFacts.Kind.INVALID) {
            assertNotEquals(McpFacts.Problem.NONE, actual.problem());
        } else {
            assertEquals(expected, actual);
        }
    }

    @Property(tries = 1000)
    void cutAtAnyByteReadsTheSame(@ForAll("bodies") byte[] body) {
        byte[] small = Arrays.copyOf(body, Math.min(body.length, SMALL_BYTES));
        Scan whole = Scan.whole(small);
        for (int cut = 0; cut <= small.length; cut++) {
            assertEquals(whole, Scan.cut(small, cut), "cut at " + cut);
        }
        assertEquals(whole, Scan.bytewise(small), "one byte at a time");
    }

    @Property(tries = 2000)
    void cutIntoPiecesInAnyMemoryAfterAnotherMessageReadsTheSame(@ForAll("bodies") byte[] body, @ForAll Random random) {
        Scan whole = Scan.whole(body);
        McpScanner scanner = new McpScanner(new byte[1 + random.nextInt(90)]);
        byte[] before = Messages.message(random);
        scanner.tools((name, length, hints) -> {});
        scanner.feed(Unpooled.wrappedBuffer(before, 0, random.nextInt(before.length)));
        scanner.reset();
        List<ByteBuf> pieces = new ArrayList<>();
        int at = 0;
        while (at < body.length) {
            int end = Math.min(body.length, at + random.nextInt(1 + random.nextInt(400)));
            pieces.add(buffer(body, at, end, random));
            at = end;
        }
        try {
            assertEquals(whole, Scan.pieces(scanner, pieces));
        } finally {
            pieces.forEach(ByteBuf::release);
        }
    }

    @Property(tries = 1000)
    void whatIsKnownEarlyStaysUnlessTheMessageTurnsOutInvalid(@ForAll("bodies") byte[] body) {
        Scan whole = Scan.whole(body);
        McpScanner scanner = new McpScanner();
        boolean wasOver = false;
        for (byte b : body) {
            scanner.feed(new byte[] {b}, 0, 1);
            Scan now = Scan.of(scanner.facts());
            assertTrue(now.over() || !wasOver);
            wasOver = now.over();
            if (whole.kind() == McpFacts.Kind.INVALID) {
                continue;
            }
            if (now.over()) {
                assertEquals(whole.kind(), now.kind());
                assertEquals(whole.facts(), now.facts());
            }
            if (now.method() != null) {
                assertEquals(whole.method(), now.method());
            }
            now.facts().forEach((name, value) -> {
                if (!name.endsWith(".empty") && !name.startsWith("batch.")) {
                    assertEquals(value, whole.facts().get(name), name);
                }
            });
        }
    }

    @Property(tries = 3000)
    void randomBytesNeverThrow(@ForAll byte[] body) {
        assertEquals(NaiveScan.of(body).kind(), Scan.whole(body).kind());
    }

    @Provide
    Arbitrary<byte[]> bodies() {
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.randomValue(Messages::message)),
                Tuple.of(2, Arbitraries.randomValue(Messages::ruined)));
    }

    /** A piece of the body somewhere within a buffer that holds other bytes too. */
    private static ByteBuf buffer(byte[] body, int from, int end, Random random) {
        byte[] around = new byte[random.nextInt(20)];
        Arrays.fill(around, (byte) "\"}\\ 0".charAt(random.nextInt(5)));
        ByteBuf content = Unpooled.wrappedBuffer(body, from, end - from);
        return switch (random.nextInt(4)) {
            case 0 -> content;
            case 1 -> inMiddle(Unpooled.buffer(), around, content);
            case 2 -> inMiddle(Unpooled.directBuffer(), around, content);
            default -> {
                CompositeByteBuf composite = Unpooled.compositeBuffer();
                int middle = random.nextInt(content.readableBytes() + 1);
                composite.addComponent(true, content.readRetainedSlice(middle));
                composite.addComponent(true, Unpooled.directBuffer().writeBytes(content));
                content.release();
                yield composite;
            }
        };
    }

    private static ByteBuf inMiddle(ByteBuf buffer, byte[] around, ByteBuf content) {
        buffer.writeBytes(around).writeBytes(content).writeBytes(around);
        content.release();
        return buffer.setIndex(around.length, buffer.writerIndex() - around.length);
    }
}
