package dev.outrigger.demo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a whole JSON text (RFC 8259), strictly: no duplicate names, no nesting beyond {@value #MAX_DEPTH}.
 *
 * <p>The reader of configuration files does not fit here: it knows no integer beyond 64 bits, no array at the root, and
 * recurses as deep as a client likes.
 */
final class JsonReader {
    private static final int MAX_DEPTH = 64;
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*+)(\\.[0-9]++)?([eE][+-]?[0-9]++)?");
    private static final String ESCAPED = "\"\\/bfnrt";
    private static final String MEANING = "\"\\/\b\f\n\r\t";

    private final String text;
    private final Matcher number;
    private int position;

    private JsonReader(String text) {
        this.text = text;
        this.number = NUMBER.matcher(text);
    }

    static Json read(String text) throws MalformedJson {
        JsonReader reader = new JsonReader(text);
        reader.skipBlank();
        Json json = reader.value(0);
        reader.skipBlank();
        if (reader.position < text.length()) {
            throw reader.malformed("the end");
        }
        return json;
    }

    private Json value(int depth) throws MalformedJson {
        if (depth > MAX_DEPTH) {
            throw malformed("no deeper nesting than " + MAX_DEPTH);
        }
        return switch (peek()) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            case 't' -> literal("true", Json.Literal.TRUE);
            case 'f' -> literal("false", Json.Literal.FALSE);
            case 'n' -> literal("null", Json.Literal.NULL);
            default -> number();
        };
    }

    private Json object(int depth) throws MalformedJson {
        Map<String, Json> members = new LinkedHashMap<>();
        position++;
        skipBlank();
        if (accept('}')) {
            return new Json.Obj(members);
        }
        do {
            skipBlank();
            String name = string().value();
            skipBlank();
            expect(':');
            skipBlank();
            if (members.put(name, value(depth + 1)) != null) {
                throw malformed("each name once, but saw '" + name + "' again");
            }
            skipBlank();
        } while (accept(','));
        expect('}');
        return new Json.Obj(members);
    }

    private Json array(int depth) throws MalformedJson {
        List<Json> items = new ArrayList<>();
        position++;
        skipBlank();
        if (accept(']')) {
            return new Json.Arr(items);
        }
        do {
            skipBlank();
            items.add(value(depth + 1));
            skipBlank();
        } while (accept(','));
        expect(']');
        return new Json.Arr(items);
    }

    private Json.Text string() throws MalformedJson {
        int start = position;
        expect('"');
        StringBuilder value = new StringBuilder();
        while (peek() != '"') {
            char c = text.charAt(position);
            if (c < ' ') {
                throw malformed("control characters to be escaped");
            }
            position++;
            value.append(c == '\\' ? escape() : c);
        }
        position++;
        return new Json.Text(text.substring(start, position), value.toString());
    }

    private char escape() throws MalformedJson {
        char c = peek();
        int simple = ESCAPED.indexOf(c);
        if (simple >= 0) {
            position++;
            return MEANING.charAt(simple);
        }
        if (c != 'u' || position + 5 > text.length()) {
            throw malformed("an escape sequence");
        }
        int unit = 0;
        for (int i = position + 1; i < position + 5; i++) {
            char hex = text.charAt(i);
            int digit = hex < 128 ? Character.digit(hex, 16) : -1;
            if (digit < 0) {
                throw malformed("four hexadecimal digits");
            }
            unit = unit * 16 + digit;
        }
        position += 5;
        return (char) unit;
    }

    private Json number() throws MalformedJson {
        if (!number.region(position, text.length()).lookingAt()) {
            throw malformed("a value");
        }
        position = number.end();
        return new Json.Num(number.group());
    }

    private Json literal(String word, Json.Literal literal) throws MalformedJson {
        if (!text.startsWith(word, position)) {
            throw malformed(word);
        }
        position += word.length();
        return literal;
    }

    private void skipBlank() {
        while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
            position++;
        }
    }

    private char peek() throws MalformedJson {
        if (position >= text.length()) {
            throw malformed("more");
        }
        return text.charAt(position);
    }

    private boolean accept(char c) {
        boolean found = position < text.length() && text.charAt(position) == c;
        if (found) {
            position++;
        }
        return found;
    }

    private void expect(char c) throws MalformedJson {
        if (!accept(c)) {
            throw malformed("'" + c + "'");
        }
    }

    private MalformedJson malformed(String expected) {
        return new MalformedJson(position, expected);
    }
}
