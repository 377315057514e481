package dev.outrigger.admin;

import java.util.Set;

/**
 * Reads lines of Prometheus' text format as a scraper does, since one line that is none would have it throw the whole page
 * away. Characters, one after the other: what is read is another's, and of any length.
 */
final class MetricLine {
    private static final Set<String> TYPES = Set.of("counter", "gauge", "histogram", "summary", "untyped");
    private static final Set<String> BEYOND_NUMBERS = Set.of("NaN", "Inf", "+Inf", "-Inf");

    private final String line;
    private int at;

    private MetricLine(String line) {
        this.line = line;
    }

    /** Whether it is a sample or a comment that belongs to the format. */
    static boolean isValid(String line) {
        return line.startsWith("#") ? isComment(line) : new MetricLine(line).isSample();
    }

    private static boolean isComment(String line) {
        String[] words = line.split("[ \\t]+", 4);
        if (words[0].equals("#") && words.length > 1 && (words[1].equals("HELP") || words[1].equals("TYPE"))) {
            boolean isNamed = words.length > 2 && new MetricLine(words[2]).isName();
            return isNamed && (words[1].equals("HELP") || words.length > 3 && TYPES.contains(words[3].strip()));
        }
        return true;
    }

    private boolean isName() {
        return name(true) && at == line.length();
    }

    private boolean isSample() {
        if (!name(true) || !labels() || at == line.length()) {
            return false;
        }
        String[] words = line.substring(at).strip().split("[ \\t]+", 3);
        return words.length < 3 && isValue(words[0]) && (words.length < 2 || words[1].matches("-?\\d{1,18}"));
    }

    private static boolean isValue(String word) {
        if (BEYOND_NUMBERS.contains(word)) {
            return true;
        }
        try {
            double ignored = Double.parseDouble(word);
            // Java's own endings, as 1d, are nobody else's.
            return Character.isDigit(word.charAt(word.length() - 1)) || word.endsWith(".");
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Steps behind a name, of a metric or of a label. */
    private boolean name(boolean allowsColon) {
        int first = at;
        while (at < line.length() && isOfName(line.charAt(at), at > first, allowsColon)) {
            at++;
        }
        return at > first;
    }

    private static boolean isOfName(char c, boolean allowsDigit, boolean allowsColon) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c == '_'
                || allowsDigit && c >= '0' && c <= '9'
                || allowsColon && c == ':';
    }

    /** Steps behind the labels, if there are any, and else stays before the blank that has to be there. */
    private boolean labels() {
        blanks();
        if (at == line.length() || line.charAt(at) != '{') {
            return at > 0 && at < line.length() && isBlank(line.charAt(at - 1));
        }
        at++;
        while (!next('}')) {
            if (!name(false) || !next('=') || !next('"') || !quoted()) {
                return false;
            }
            if (!next(',')) {
                return next('}');
            }
        }
        return true;
    }

    /** Steps behind a character, and the blanks around it, if it is the next one. */
    private boolean next(char expected) {
        blanks();
        if (at == line.length() || line.charAt(at) != expected) {
            return false;
        }
        at++;
        if (expected != '"') {
            blanks();
        }
        return true;
    }

    /** Steps behind a quotation that has begun. */
    private boolean quoted() {
        while (at < line.length()) {
            char c = line.charAt(at++);
            if (c == '"') {
                return true;
            }
            if (c == '\\') {
                at++;
            }
        }
        at = line.length();
        return false;
    }

    private void blanks() {
        while (at < line.length() && isBlank(line.charAt(at))) {
            at++;
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
