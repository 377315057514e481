package dev.outrigger.mcp;

/**
 * The grammar of JSON numbers (RFC 8259, section 6) as a state machine that takes one byte at a time, so that a number can be
 * cut anywhere.
 */
final class JsonNumber {
    /** Nothing read yet. */
    static final int START = 0;
    /** The byte does not belong to the number. */
    static final int NONE = -1;

    private static final int MINUS = 1;
    private static final int ZERO = 2;
    private static final int INTEGER = 3;
    private static final int POINT = 4;
    private static final int FRACTION = 5;
    private static final int EXPONENT = 6;
    private static final int SIGN = 7;
    private static final int POWER = 8;

    private JsonNumber() {}

    static int next(int state, byte c) {
        return switch (state) {
            case START -> c == '-' ? MINUS : first(c);
            case MINUS -> first(c);
            case ZERO -> c == '.' ? POINT : isExponent(c) ? EXPONENT : NONE;
            case INTEGER -> isDigit(c) ? INTEGER : next(ZERO, c);
            case POINT -> isDigit(c) ? FRACTION : NONE;
            case FRACTION -> isDigit(c) ? FRACTION : isExponent(c) ? EXPONENT : NONE;
            case EXPONENT -> c == '+' || c == '-' ? SIGN : isDigit(c) ? POWER : NONE;
            default -> isDigit(c) ? POWER : NONE;
        };
    }

    /** Whether a number may end in this state. */
    static boolean isWhole(int state) {
        return state == ZERO || state == INTEGER || state == FRACTION || state == POWER;
    }

    /** Whether any number of digits may follow without changing the state. */
    static boolean isLoop(int state) {
        return state == INTEGER || state == FRACTION || state == POWER;
    }

    private static int first(byte c) {
        return c == '0' ? ZERO : isDigit(c) ? INTEGER : NONE;
    }

    private static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isExponent(byte c) {
        return c == 'e' || c == 'E';
    }
}
