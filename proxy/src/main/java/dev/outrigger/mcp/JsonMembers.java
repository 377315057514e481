package dev.outrigger.mcp;

import java.util.Arrays;

/**
 * The members of one object in a document that is here as a whole: where each key and each value stands, one after the other.
 *
 * <p>For documents that a {@link McpScanner} has read to their end and found valid. That is what makes this so small: brackets
 * and quotes only are counted, and nothing is checked. It stays within the array whatever it is given, but what it tells of a
 * document that is no JSON has no meaning.
 *
 * <p>Only text is looked at, no escapes: a key with one of its letters escaped is not that key here.
 */
public final class JsonMembers {
    private static final byte[] NOTHING = {};

    private byte[] json = NOTHING;
    private int at;
    private int keyFrom;
    private int keyEnd;
    private int valueFrom;
    private int valueEnd;

    /** One without members, until {@link #begin}. */
    public JsonMembers() {}

    /** @param membersAt behind the opening brace of the object */
    public JsonMembers(byte[] json, int membersAt) {
        begin(json, membersAt);
    }

    /** Begins with another object; as the constructor, for who keeps one of these. */
    public void begin(byte[] json, int membersAt) {
        this.json = json;
        this.at = membersAt;
    }

    /** Lets the document go. */
    public void clear() {
        begin(NOTHING, 0);
    }

    /** Goes to the next member; false at the end of the object. */
    public boolean next() {
        int quote = endOfSpace(json, at, json.length);
        if (quote < json.length && json[quote] == ',') {
            quote = endOfSpace(json, quote + 1, json.length);
        }
        if (quote >= json.length || json[quote] != '"') {
            return false;
        }
        keyFrom = quote + 1;
        int behindKey = endOfString(json, quote, json.length);
        keyEnd = Math.max(keyFrom, behindKey - 1);
        int colon = endOfSpace(json, behindKey, json.length);
        valueFrom = endOfSpace(json, Math.min(colon + 1, json.length), json.length);
        valueEnd = endOfValue(valueFrom);
        at = valueEnd;
        return true;
    }

    /** Where the text of the key begins, behind its quote. */
    public int keyFrom() {
        return keyFrom;
    }

    /** Where the key's closing quote stands. */
    public int keyEnd() {
        return keyEnd;
    }

    /** Where the value begins. */
    public int valueFrom() {
        return valueFrom;
    }

    /** Behind the value. */
    public int valueEnd() {
        return valueEnd;
    }

    /** Whether the key is spelled like this. */
    public boolean isKey(byte[] name) {
        return Arrays.equals(name, 0, name.length, json, keyFrom, keyEnd);
    }

    public boolean isObject() {
        return valueFrom < json.length && json[valueFrom] == '{';
    }

    /** The members of the value, which is an object. */
    public JsonMembers inside() {
        return new JsonMembers(json, valueFrom + 1);
    }

    /** @return the first byte from {@code from} on that is no white space, or {@code end} */
    public static int endOfSpace(byte[] json, int from, int end) {
        return ByteRuns.endOfSpace(json, from, end);
    }

    /** @return the first byte from {@code from} on, which is not inside a string, that is white space between tokens, or {@code end} */
    public static int endOfDense(byte[] json, int from, int end) {
        int at = from;
        while (at < end && !ByteRuns.isSpace(json[at])) {
            at = json[at] == '"' ? endOfString(json, at, end) : at + 1;
        }
        return at;
    }

    /** @return behind the closing quote, at most {@code end} */
    private static int endOfString(byte[] json, int quote, int end) {
        int at = quote + 1;
        while (at < end) {
            at = ByteRuns.endOfPlainText(json, at, end);
            if (at < end && json[at] == '"') {
                return at + 1;
            }
            at += at < end && json[at] == '\\' ? 2 : 1;
        }
        return end;
    }

    private int endOfValue(int from) {
        int depth = 0;
        int next = from;
        while (next < json.length) {
            switch (json[next]) {
                case '"' -> next = endOfString(json, next, json.length) - 1;
                case '{', '[' -> depth++;
                case '}', ']' -> {
                    if (depth == 0) {
                        return next;
                    }
                    depth--;
                }
                case ',', ' ', '\t', '\n', '\r' -> {
                    if (depth == 0) {
                        return next;
                    }
                }
                default -> {}
            }
            next++;
            if (depth == 0 && isEnd(json[next - 1])) {
                return next;
            }
        }
        return json.length;
    }

    /** Whether a value whose brackets are balanced ends with this byte. */
    private static boolean isEnd(byte last) {
        return last == '}' || last == ']' || last == '"';
    }
}
