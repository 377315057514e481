package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class Utf8Test {
    @Test
    void everySequenceOfUpToThreeBytesIsJudgedAsTheJdkDoes() {
        int[] leads = {
            0x00, 0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf4, 0xff
        };
        for (int lead : leads) {
            for (int second = 0; second < 256; second++) {
                assertJudgedAsTheJdkDoes(lead, second);
                for (int third = 0x70; third < 0xd0; third += 0x0f) {
                    assertJudgedAsTheJdkDoes(lead, second, third);
                }
            }
        }
    }

    @Test
    void everyLongestSequenceIsJudgedAsTheJdkDoes() {
        for (int lead = 0xef; lead <= 0xf8; lead++) {
            for (int second = 0x70; second <= 0xd0; second++) {
                assertJudgedAsTheJdkDoes(lead, second, 0x80, 0xbf);
                assertJudgedAsTheJdkDoes(lead, second, 0x80, 0xbf, 'a');
                assertJudgedAsTheJdkDoes(lead, second, 0x80, 'a');
                assertJudgedAsTheJdkDoes('a', lead, second, 0x80);
            }
        }
    }

    @Property
    void randomBytesAreJudgedAsTheJdkDoes(@ForAll byte[] bytes) {
        assertEquals(jdk(bytes), Utf8.isWellFormed(bytes, 0, bytes.length));
    }

    @Test
    void everyCodePointIsWrittenAsTheJdkWritesIt() {
        byte[] out = new byte[4];
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                continue;
            }
            int length = Utf8.put(out, 0, codePoint);
            byte[] expected = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
            if (!Arrays.equals(expected, 0, expected.length, out, 0, length)) {
                throw new AssertionError("U+" + Integer.toHexString(codePoint));
            }
        }
    }

    private static void assertJudgedAsTheJdkDoes(int... sequence) {
        byte[] bytes = new byte[sequence.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) sequence[i];
        }
        assertEquals(jdk(bytes), Utf8.isWellFormed(bytes, 0, bytes.length), () -> Arrays.toString(sequence));
    }

    private static boolean jdk(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
