package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.function.IntPredicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ByteRunsTest {
    private static final IntPredicate PLAIN = c -> c != '"' && c != '\\' && c >= ' ';
    private static final IntPredicate DIGIT = c -> c >= '0' && c <= '9';
    private static final IntPredicate SPACE = c -> c == ' ' || c == '\n' || c == '\r' || c == '\t';
    private static final IntPredicate ASCII = c -> c < 0x80;

    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
    void endWhereTheFirstOtherByteIs(
            @ForAll("runs") byte[] in, @ForAll @IntRange(max = 40) int from, @ForAll @IntRange(max = 12) int behind) {
        int start = Math.min(from, in.length);
        int end = Math.max(start, in.length - behind);

        assertEquals(naive(in, start, end, PLAIN), ByteRuns.endOfPlainText(in, start, end));
        assertEquals(naive(in, start, end, DIGIT), ByteRuns.endOfDigits(in, start, end));
        assertEquals(naive(in, start, end, SPACE), ByteRuns.endOfSpace(in, start, end));
        assertEquals(naive(in, start, end, ASCII), ByteRuns.endOfAscii(in, start, end));
    }

    @Test
    void knowEveryByteValueAtEveryPlaceInAWord() {
        for (int value = 0; value < 256; value++) {
            for (int place = 0; place < 24; place++) {
                byte[] text = filled('a', value, place);
                assertEquals(naive(text, 0, 24, PLAIN), ByteRuns.endOfPlainText(text, 0, 24));
                assertEquals(naive(text, 0, 24, ASCII), ByteRuns.endOfAscii(text, 0, 24));
                byte[] digits = filled('9', value, place);
                assertEquals(naive(digits, 0, 24, DIGIT), ByteRuns.endOfDigits(digits, 0, 24));
                byte[] blanks = filled(' ', value, place);
                assertEquals(naive(blanks, 0, 24, SPACE), ByteRuns.endOfSpace(blanks, 0, 24));
            }
        }
    }

    @Provide
    Arbitrary<byte[]> runs() {
        Arbitrary<Byte> alike = Arbitraries.of((byte) 'a', (byte) '7', (byte) ' ', (byte) 0xc3);
        Arbitrary<byte[]> run = Arbitraries.integers()
                .between(0, 40)
                .flatMap(length -> alike.map(b -> {
                    byte[] bytes = new byte[length];
                    Arrays.fill(bytes, b);
                    return bytes;
                }));
        Arbitrary<byte[]> any = Arbitraries.bytes().array(byte[].class).ofMaxSize(3);
        return run.list().ofMaxSize(3).flatMap(runs -> any.map(others -> joined(runs, others)));
    }

    private static byte[] joined(Iterable<byte[]> runs, byte[] between) {
        byte[] all = {};
        for (byte[] run : runs) {
            int length = all.length;
            all = Arrays.copyOf(all, length + run.length + between.length);
            System.arraycopy(run, 0, all, length, run.length);
            System.arraycopy(between, 0, all, length + run.length, between.length);
        }
        return all;
    }

    private static byte[] filled(char with, int value, int place) {
        byte[] bytes = new byte[24];
        Arrays.fill(bytes, (byte) with);
        bytes[place] = (byte) value;
        return bytes;
    }

    private static int naive(byte[] in, int from, int end, IntPredicate belongs) {
        int at = from;
        while (at < end && belongs.test(in[at] & 0xff)) {
            at++;
        }
        return at;
    }
}
