package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LineEndsTest {
    @Property(tries = 2000)
    void areFoundWhereTheFirstOneIs(
            @ForAll("lines") byte[] in, @ForAll @IntRange(max = 40) int from, @ForAll @IntRange(max = 12) int behind) {
        int start = Math.min(from, in.length);
        int end = Math.max(start, in.length - behind);

        assertEquals(naive(in, start, end), LineEnds.next(in, start, end));
    }

    @Test
    void knowEveryByteValueAtEveryPlaceInAWord() {
        for (int value = 0; value < 256; value++) {
            for (int place = 0; place < 24; place++) {
                byte[] line = new byte[24];
                Arrays.fill(line, (byte) 'a');
                line[place] = (byte) value;
                assertEquals(naive(line, 0, 24), LineEnds.next(line, 0, 24));
            }
        }
    }

    @Provide
    Arbitrary<byte[]> lines() {
        return Arbitraries.of((byte) 'a', (byte) 'b', (byte) 'c', (byte) 0x8a, (byte) 0x0b, (byte) '\n', (byte) '\r')
                .array(byte[].class)
                .ofMaxSize(40);
    }

    private static int naive(byte[] in, int from, int end) {
        int at = from;
        while (at < end && in[at] != '\n' && in[at] != '\r') {
            at++;
        }
        return at;
    }
}
