package dev.outrigger.json;

import org.jspecify.annotations.Nullable;

/**
 * Appends JSON to a {@link StringBuilder}, element by element.
 *
 * <p>Commas and escapes are the writer's business, so that no caller concatenates JSON by hand. It keeps one bit per open
 * container instead of a tree or a stack of objects: nothing is allocated beyond the builder, which a log writer reuses
 * from line to line. A name must be followed by a value; containers must be closed in order. Neither is checked: all
 * callers are in this project, and their tests parse what they wrote.
 *
 * <p>What JSON cannot express is replaced rather than refused, because a log line must come out: NaN and infinities become
 * {@code null}, an unpaired surrogate becomes U+FFFD.
 */
public final class JsonWriter {
    private static final String HEX = "0123456789abcdef";
    private static final char REPLACEMENT = '\ufffd';

    private final StringBuilder out;
    /** One bit per open container, innermost lowest: whether it has an element already. 63 levels. */
    private long filled;
    /** A name was written: its value follows without a comma. */
    private boolean afterName;

    /** Writes into a builder of its own; {@link #toString()} is the document. */
    public JsonWriter() {
        this(new StringBuilder());
    }

    /** @param out appended to; what it holds already is left alone */
    public JsonWriter(StringBuilder out) {
        this.out = out;
    }

    public JsonWriter beginObject() {
        return begin('{');
    }

    public JsonWriter endObject() {
        return end('}');
    }

    public JsonWriter beginArray() {
        return begin('[');
    }

    public JsonWriter endArray() {
        return end(']');
    }

    public JsonWriter name(String name) {
        separate();
        quote(name);
        out.append(':');
        afterName = true;
        return this;
    }

    /** @param value null is written as {@code null} */
    public JsonWriter value(@Nullable String value) {
        if (value == null) {
            return nullValue();
        }
        separate();
        quote(value);
        return this;
    }

    public JsonWriter value(long value) {
        separate();
        out.append(value);
        return this;
    }

    /** @param value NaN and infinities are written as {@code null} */
    public JsonWriter value(double value) {
        if (!Double.isFinite(value)) {
            return nullValue();
        }
        separate();
        out.append(value);
        return this;
    }

    public JsonWriter value(boolean value) {
        separate();
        out.append(value);
        return this;
    }

    public JsonWriter nullValue() {
        return raw("null");
    }

    /** @param json one value that is JSON already */
    public JsonWriter raw(CharSequence json) {
        separate();
        out.append(json);
        return this;
    }

    /** What stands in the builder. */
    @Override
    public String toString() {
        return out.toString();
    }

    private JsonWriter begin(char bracket) {
        separate();
        out.append(bracket);
        filled <<= 1;
        return this;
    }

    private JsonWriter end(char bracket) {
        out.append(bracket);
        filled >>>= 1;
        return this;
    }

    private void separate() {
        if (afterName) {
            afterName = false;
            return;
        }
        if ((filled & 1) != 0) {
            out.append(',');
        }
        filled |= 1;
    }

    private void quote(String text) {
        out.append('"');
        int plainFrom = 0;
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c != '"' && c != '\\' && !Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            out.append(text, plainFrom, i);
            escape(c);
            plainFrom = i + 1;
        }
        out.append(text, plainFrom, length).append('"');
    }

    private void escape(char c) {
        switch (c) {
            case '"', '\\' -> out.append('\\').append(c);
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (Character.isSurrogate(c)) {
                    out.append(REPLACEMENT);
                } else {
                    out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xf));
                }
            }
        }
    }
}
