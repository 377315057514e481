package dev.outrigger.route;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A tool name in which {@code *} stands for any run of bytes, also none.
 *
 * <p>With stars only, taking the leftmost place for each run of other bytes is always right, so there is no going back and
 * the work is at most the product of the two lengths. Comparing UTF-8 gives what comparing characters would, since no
 * character's bytes begin inside another's. Immutable.
 */
final class ToolPattern {
    private final byte[] bytes;
    /** Bytes before the first star. */
    private final int prefixLength;
    /** Bytes behind the last star. */
    private final int suffixLength;
    /** Bytes that are no stars. */
    private final int literalLength;

    ToolPattern(String pattern) {
        this.bytes = pattern.getBytes(StandardCharsets.UTF_8);
        int stars = 0;
        int first = bytes.length;
        int last = -1;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '*') {
                stars++;
                first = Math.min(first, i);
                last = i;
            }
        }
        this.prefixLength = first;
        this.suffixLength = bytes.length - 1 - last;
        this.literalLength = bytes.length - stars;
    }

    /** Whether it stands for one name only. */
    boolean isExact() {
        return literalLength == bytes.length;
    }

    /** The longer, the more specific. */
    int literalLength() {
        return literalLength;
    }

    /** What {@link #hash(byte[], int)} gives for the name, if it stands for one. */
    int hash() {
        return hash(bytes, bytes.length);
    }

    /** The multiplier is that of {@link String#hashCode()}; the high bits are folded in, as small tables use only low ones. */
    static int hash(byte[] name, int length) {
        int hash = 0;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + name[i];
        }
        return hash ^ hash >>> 16;
    }

    boolean matches(byte[] name, int length) {
        if (isExact()) {
            return Arrays.equals(name, 0, length, bytes, 0, bytes.length);
        }
        if (length < literalLength
                || !isAt(name, 0, 0, prefixLength)
                || !isAt(name, length - suffixLength, bytes.length - suffixLength, suffixLength)) {
            return false;
        }
        return runsMatch(name, prefixLength, length - suffixLength);
    }

    /** Finds the runs between the first star and the last, one behind the other, in a part of the name. */
    private boolean runsMatch(byte[] name, int from, int end) {
        int at = from;
        int run = prefixLength;
        int lastStar = bytes.length - 1 - suffixLength;
        while (run < lastStar) {
            int runEnd = run + 1;
            while (bytes[runEnd] != '*') {
                runEnd++;
            }
            int runLength = runEnd - run - 1;
            int found = indexOf(name, at, end, run + 1, runLength);
            if (found < 0) {
                return false;
            }
            at = found + runLength;
            run = runEnd;
        }
        return true;
    }

    private int indexOf(byte[] name, int from, int end, int run, int runLength) {
        for (int at = from; at <= end - runLength; at++) {
            if (isAt(name, at, run, runLength)) {
                return at;
            }
        }
        return -1;
    }

    private boolean isAt(byte[] name, int at, int run, int runLength) {
        return Arrays.equals(name, at, at + runLength, bytes, run, run + runLength);
    }
}
