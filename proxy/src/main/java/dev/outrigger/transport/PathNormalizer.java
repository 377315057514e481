package dev.outrigger.transport;

import dev.outrigger.config.model.HttpRulesConfig;
import dev.outrigger.config.model.HttpRulesConfig.EscapedSlashes;
import dev.outrigger.record.RefusalReason;
import org.jspecify.annotations.Nullable;

/**
 * Brings the path of a request into the one form that every reader understands the same way (RFC 3986 §6.2.2): escapes of
 * unreserved characters decoded, dot segments resolved, slashes merged. The route is chosen by the result, and the upstream
 * gets it, so that {@code /public/%2e%2e/admin} is {@code /admin} to both.
 *
 * <p>Refused is what has no such form: escapes that are none, escaped control characters, paths that climb above the root (as
 * nginx does), and dot segments that only some servers see, next to an escaped slash or before a {@code ;}.
 *
 * <p>Nearly all paths are in that form already, and cost one scan and no allocation. The query is never looked at. Immutable.
 */
final class PathNormalizer {
    private static final int NO_DOTS = -1;
    /** Dots that some servers see and others do not. */
    private static final int HIDDEN = -2;

    private final boolean dots;
    private final boolean mergeSlashes;
    private final EscapedSlashes escapedSlashes;

    PathNormalizer(HttpRulesConfig rules) {
        this.dots = rules.normalizePath();
        this.mergeSlashes = rules.mergeSlashes();
        this.escapedSlashes = rules.escapedSlashes();
    }

    /**
     * Whether there is nothing to do: no escape, no two slashes in a row, no segment that begins with a dot.
     *
     * @param target in origin form
     */
    static boolean isPlain(String target) {
        char before = 0;
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c == '?') {
                return true;
            }
            if (c == '%' || (before == '/' && (c == '/' || c == '.'))) {
                return false;
            }
            before = c;
        }
        return true;
    }

    /**
     * Why a path can not be taken, null if it can.
     *
     * @param target in origin form
     */
    @Nullable
    RefusalReason refusal(String target) {
        int end = pathEnd(target);
        for (int i = target.indexOf('%'); i >= 0 && i < end; i = target.indexOf('%', i + 3)) {
            int octet = octet(target, i, end);
            if (octet < ' ' || octet == 0x7f) {
                return RefusalReason.PATH;
            }
            if (escapedSlashes == EscapedSlashes.REJECT && isSlash(octet)) {
                return RefusalReason.ESCAPED_SLASH;
            }
        }
        return dots && resolve(decode(target, end)) == null ? RefusalReason.PATH : null;
    }

    /**
     * @param target in origin form, and not refused
     * @return the same object if nothing changes
     */
    String normalize(String target) {
        int end = pathEnd(target);
        StringBuilder path = resolve(decode(target, end));
        if (path == null) {
            throw new IllegalArgumentException("a path that is to be refused");
        }
        if (path.length() == end && target.startsWith(path.toString())) {
            return target;
        }
        return path.append(target, end, target.length()).toString();
    }

    private static int pathEnd(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target.length() : query;
    }

    /** The octet that is escaped at {@code at}; less than 0 if it is no escape. */
    private static int octet(CharSequence text, int at, int end) {
        if (at + 2 >= end) {
            return -1;
        }
        int high = Character.digit(text.charAt(at + 1), 16);
        int low = Character.digit(text.charAt(at + 2), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private static boolean isSlash(int octet) {
        return octet == '/' || octet == '\\';
    }

    /** The path with those escapes decoded that say the same undecoded: one pass, so what is decoded is not decoded again. */
    private StringBuilder decode(String target, int end) {
        StringBuilder path = new StringBuilder(end);
        for (int i = 0; i < end; i++) {
            char c = target.charAt(i);
            int octet = c == '%' ? octet(target, i, end) : -1;
            if (octet >= 0 && isSlash(octet) && escapedSlashes == EscapedSlashes.UNESCAPE) {
                path.append('/');
                i += 2;
            } else if (octet >= 0 && dots && isUnreserved(octet)) {
                path.append((char) octet);
                i += 2;
            } else {
                path.append(c);
            }
        }
        return path;
    }

    /** RFC 3986 §2.3. */
    private static boolean isUnreserved(int octet) {
        return (octet >= 'a' && octet <= 'z')
                || (octet >= 'A' && octet <= 'Z')
                || (octet >= '0' && octet <= '9')
                || octet == '-'
                || octet == '.'
                || octet == '_'
                || octet == '~';
    }

    /** Dot segments and empty ones, as far as they are to be resolved; null if there is no such path. */
    private @Nullable StringBuilder resolve(StringBuilder path) {
        StringBuilder resolved = new StringBuilder(path.length());
        int next;
        for (int slash = 0; slash < path.length(); slash = next) {
            int following = path.indexOf("/", slash + 1);
            next = following < 0 ? path.length() : following;
            boolean last = next == path.length();
            int climb = dots ? climb(path, slash + 1, next) : NO_DOTS;
            if (climb == HIDDEN || (climb == 1 && resolved.isEmpty())) {
                return null;
            }
            if (climb == 1) {
                resolved.setLength(resolved.lastIndexOf("/"));
            }
            if (climb != NO_DOTS) {
                resolved.append(last ? "/" : "");
            } else if (!mergeSlashes || last || next > slash + 1) {
                resolved.append(path, slash, next);
            }
        }
        return resolved;
    }

    /** How many levels a segment climbs: none for {@code .}, one for {@code ..}. */
    private static int climb(CharSequence path, int start, int end) {
        if (isDots(path, start, end)) {
            return end - start - 1;
        }
        return hidesDots(path, start, end) ? HIDDEN : NO_DOTS;
    }

    /** Whether a part of the segment, next to an escaped slash or before parameters, is {@code .} or {@code ..}. */
    private static boolean hidesDots(CharSequence path, int start, int end) {
        int part = start;
        boolean parameters = false;
        for (int i = start; i < end; i++) {
            char c = path.charAt(i);
            boolean escaped = c == '%' && isSlash(octet(path, i, end));
            if ((escaped || c == ';') && !parameters && isDots(path, part, i)) {
                return true;
            }
            if (escaped) {
                part = i + 3;
                parameters = false;
            } else {
                parameters |= c == ';';
            }
        }
        return part > start && !parameters && isDots(path, part, end);
    }

    private static boolean isDots(CharSequence path, int start, int end) {
        int length = end - start;
        return (length == 1 || length == 2) && path.charAt(start) == '.' && path.charAt(end - 1) == '.';
    }
}
