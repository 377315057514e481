package dev.outrigger.json;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A JSON parser that is obviously right: recursive, one byte after the other, over the whole document. What production code
 * reads and writes is compared with it.
 */
public final class NaiveJson {
    /** What a value is. */
    public enum Type {
        OBJECT,
        ARRAY,
        STRING,
        NUMBER,
        LITERAL
    }

    /**
     * @param at index of its first byte
     * @param raw the value as it stands in the document
     * @param text of a string: escapes resolved, unpaired surrogates replaced; else empty
     * @param members of an object, in order, duplicates and all
     */
    public record Value(Type type, int at, byte[] raw, byte[] text, List<Member> members, List<Value> elements) {
        public String string() {
            return new String(text, StandardCharsets.UTF_8);
        }

        public String rawString() {
            return new String(raw, StandardCharsets.UTF_8);
        }

        /** The first member of that name. */
        public Value get(String name) {
            return members.stream()
                    .filter(member -> new String(member.name(), StandardCharsets.UTF_8).equals(name))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no " + name + " in " + rawString()))
                    .value();
        }
    }

    /** @param name escapes resolved */
    public record Member(byte[] name, Value value) {}

    private static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");

    private final byte[] in;
    private final int maxDepth;
    private int at;
    private int depth;

    private NaiveJson(byte[] in, int maxDepth) {
        this.in = in;
        this.maxDepth = maxDepth;
    }

    /** @return empty if it is not one JSON document, or nested deeper than allowed; a byte order mark may come first */
    public static Optional<Value> parse(byte[] document, int maxDepth) {
        NaiveJson parser = new NaiveJson(document, maxDepth);
        try {
            if (document.length >= 3
                    && document[0] == (byte) 0xef
                    && document[1] == (byte) 0xbb
                    && document[2] == (byte) 0xbf) {
                parser.at = 3;
            }
            Value value = parser.value();
            parser.space();
            return parser.at == document.length ? Optional.of(value) : Optional.empty();
        } catch (Malformed e) {
            return Optional.empty();
        }
    }

    /** @throws AssertionError if it is not one JSON document */
    public static Value parse(String document) {
        return parse(document.getBytes(StandardCharsets.UTF_8), Integer.MAX_VALUE)
                .orElseThrow(() -> new AssertionError("not JSON: " + document));
    }

    private Value value() {
        space();
        int start = at;
        switch (peek()) {
            case '{' -> {
                List<Member> members = members();
                return new Value(Type.OBJECT, start, from(start), new byte[0], members, List.of());
            }
            case '[' -> {
                List<Value> elements = elements();
                return new Value(Type.ARRAY, start, from(start), new byte[0], List.of(), elements);
            }
            case '"' -> {
                byte[] text = string();
                return new Value(Type.STRING, start, from(start), text, List.of(), List.of());
            }
            default -> {
                return bareword(start);
            }
        }
    }

    private List<Member> members() {
        enter('{');
        List<Member> members = new ArrayList<>();
        space();
        if (peek() != '}') {
            do {
                space();
                byte[] name = string();
                space();
                expect(':');
                members.add(new Member(name, value()));
                space();
            } while (accept(','));
        }
        leave('}');
        return members;
    }

    private List<Value> elements() {
        enter('[');
        List<Value> elements = new ArrayList<>();
        space();
        if (peek() != ']') {
            do {
                elements.add(value());
                space();
            } while (accept(','));
        }
        leave(']');
        return elements;
    }

    private Value bareword(int start) {
        while (at < in.length && in[at] > ' ' && ",:]}[{\"".indexOf(in[at]) < 0) {
            at++;
        }
        String word = new String(from(start), StandardCharsets.ISO_8859_1);
        Matcher number = NUMBER.matcher(word);
        if (number.matches()) {
            return new Value(Type.NUMBER, start, from(start), new byte[0], List.of(), List.of());
        }
        if (!List.of("true", "false", "null").contains(word)) {
            throw new Malformed();
        }
        return new Value(Type.LITERAL, start, from(start), new byte[0], List.of(), List.of());
    }

    private byte[] string() {
        expect('"');
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        StringBuilder escaped = new StringBuilder();
        while (true) {
            int c = next();
            if (c == '\\') {
                escaped.append(escape());
                continue;
            }
            text.writeBytes(utf8(escaped));
            escaped.setLength(0);
            if (c == '"') {
                return text.toByteArray();
            }
            if (c < ' ') {
                throw new Malformed();
            }
            text.write(c);
        }
    }

    private char escape() {
        int c = next();
        int simple = "\"\\/bfnrt".indexOf(c);
        if (simple >= 0) {
            return "\"\\/\b\f\n\r\t".charAt(simple);
        }
        if (c != 'u') {
            throw new Malformed();
        }
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            hex.append((char) next());
        }
        if (!hex.toString().matches("[0-9a-fA-F]{4}")) {
            throw new Malformed();
        }
        return (char) Integer.parseInt(hex.toString(), 16);
    }

    private static byte[] utf8(StringBuilder escaped) {
        StringBuilder text = new StringBuilder();
        escaped.codePoints().map(c -> c >= 0xd800 && c <= 0xdfff ? 0xfffd : c).forEach(text::appendCodePoint);
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void enter(char bracket) {
        expect(bracket);
        if (++depth > maxDepth) {
            throw new Malformed();
        }
    }

    private void leave(char bracket) {
        expect(bracket);
        depth--;
    }

    private void space() {
        while (at < in.length && " \n\r\t".indexOf(in[at]) >= 0) {
            at++;
        }
    }

    private int peek() {
        if (at == in.length) {
            throw new Malformed();
        }
        return in[at] & 0xff;
    }

    private int next() {
        int c = peek();
        at++;
        return c;
    }

    private boolean accept(char c) {
        boolean found = peek() == c;
        if (found) {
            at++;
        }
        return found;
    }

    private void expect(char c) {
        if (next() != c) {
            throw new Malformed();
        }
    }

    private byte[] from(int start) {
        byte[] raw = new byte[at - start];
        System.arraycopy(in, start, raw, 0, raw.length);
        return raw;
    }
}
