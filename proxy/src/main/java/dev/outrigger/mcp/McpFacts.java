package dev.outrigger.mcp;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link McpScanner} has found in a message so far. Owned and rewritten by the scanner: read it, do not keep it.
 *
 * <p>Facts only grow, with one exception: a message that turns out to be contradictory or not JSON becomes
 * {@link Kind#INVALID} at whatever point that shows, even after {@link #isComplete()}.
 */
public final class McpFacts {
    /** What the message is. */
    public enum Kind {
        /** Nothing, or JSON that is no JSON-RPC message. */
        NONE,
        /** Neither is known yet. */
        UNDECIDED,
        /** It has a method and an id, and wants an answer. */
        REQUEST,
        /** It has a method and no id; known at its end. */
        NOTIFICATION,
        /** It has a result or an error and no method; known at its end. */
        RESPONSE,
        /** An array of messages, of which nothing else is found out. */
        BATCH,
        /** Refuse it where anything depends on what it says: {@link #problem()}. */
        INVALID
    }

    /** Why a message is {@link Kind#INVALID}. */
    public enum Problem {
        NONE("none"),
        NOT_JSON("not JSON"),
        CUT_OFF("incomplete JSON"),
        TOO_DEEP("JSON nested too deeply"),
        NOT_UTF8("not UTF-8"),
        /** {@code method}, {@code id}, {@code params} or {@code params.name} stands twice: readers differ in which counts. */
        DUPLICATE_KEY("duplicate key"),
        /** One of these keys in other letters, {@code "Method"} for instance, which some readers take for the same. */
        AMBIGUOUS_KEY("ambiguous key"),
        BAD_METHOD("method is not a string"),
        BAD_ID("id is neither a string nor a number");

        private final String detail;

        Problem(String detail) {
            this.detail = detail;
        }

        /** A phrase for the client and the log. */
        public String detail() {
            return detail;
        }
    }

    private final byte[] id = new byte[JsonText.LIMIT_BYTES];
    private final byte[] name = new byte[JsonText.LIMIT_BYTES];

    private boolean begun;
    private boolean over;
    private boolean batch;
    private boolean response;
    private Problem problem = Problem.NONE;

    private @Nullable McpMethod method;

    private boolean hasId;
    private boolean idOverlong;
    private int idLength;

    private boolean nameSettled;
    private boolean nameOverlong;
    private boolean nameAmbiguous;
    private int nameLength;

    McpFacts() {}

    public Kind kind() {
        if (problem != Problem.NONE) {
            return Kind.INVALID;
        }
        if (batch) {
            return Kind.BATCH;
        }
        if (method != null && hasId) {
            return Kind.REQUEST;
        }
        if (!over) {
            return begun ? Kind.UNDECIDED : Kind.NONE;
        }
        if (method != null) {
            return Kind.NOTIFICATION;
        }
        return response ? Kind.RESPONSE : Kind.NONE;
    }

    /** {@link Problem#NONE} unless the message is {@link Kind#INVALID}. */
    public Problem problem() {
        return problem;
    }

    /** @return null as long as it is not known, or if there is none */
    public @Nullable McpMethod method() {
        return method;
    }

    /** Whether there is an id: a string, a number or {@code null}. It may be over-long. */
    public boolean hasId() {
        return hasId;
    }

    /** The id as it stands in the message, with its quotes and escapes, in the first {@link #idLength()} bytes. */
    public byte[] id() {
        return id;
    }

    /** @return 0 if there is none, or one of more than 256 bytes; an error is then answered with id {@code null} */
    public int idLength() {
        return idLength;
    }

    public boolean isIdOverlong() {
        return idOverlong;
    }

    /** {@code params.name} with its escapes resolved, as UTF-8, in the first {@link #nameLength()} bytes. */
    public byte[] name() {
        return name;
    }

    /** @return 0 if there is none (or not yet), if it is empty, no string, or longer than 256 bytes */
    public int nameLength() {
        return nameLength;
    }

    /** Whether there is a name of more than 256 bytes; no real tool has one. */
    public boolean isNameOverlong() {
        return nameOverlong;
    }

    /** Whether {@code method}, {@code id}, {@code params} or {@code params.name} stands twice. */
    public boolean hasDuplicateKeys() {
        return problem == Problem.DUPLICATE_KEY;
    }

    /** Whether the route can be chosen: the method is known, and the name if the method has one, or nothing more comes. */
    public boolean isRoutable() {
        return isSettled() || (method != null && (nameSettled || !method.hasName()));
    }

    /** Whether all that is ever found is found: {@link #isRoutable()}, and the id is known too or nothing more comes. */
    public boolean isComplete() {
        return isSettled() || (hasId && isRoutable());
    }

    private boolean isSettled() {
        return over || batch || problem != Problem.NONE;
    }

    // ---- written by the scanner

    void clear() {
        begun = false;
        over = false;
        batch = false;
        response = false;
        problem = Problem.NONE;
        method = null;
        clearId();
        nameSettled = false;
        nameOverlong = false;
        nameAmbiguous = false;
        nameLength = 0;
    }

    void begin() {
        begun = true;
    }

    void end() {
        over = true;
    }

    void batch() {
        batch = true;
    }

    void response() {
        response = true;
    }

    /** The first problem is the one that is told. */
    void problem(Problem found) {
        if (problem == Problem.NONE) {
            problem = found;
        }
    }

    void method(McpMethod found) {
        method = found;
        checkName();
    }

    void id(JsonText text) {
        hasId = true;
        idOverlong = text.isOverlong();
        idLength = copy(text, id);
    }

    /** Two ids: none of them is the one to echo. */
    void clearId() {
        hasId = false;
        idOverlong = false;
        idLength = 0;
    }

    void name(JsonText text) {
        nameOverlong = text.isOverlong();
        nameLength = copy(text, name);
    }

    /** There will be no (other) name. */
    void settleName() {
        nameSettled = true;
    }

    /** A key that some readers take for {@code name}; it counts if the method, which may come later, has a name. */
    void ambiguousName() {
        nameAmbiguous = true;
        checkName();
    }

    private void checkName() {
        if (nameAmbiguous && method != null && method.hasName()) {
            problem(Problem.AMBIGUOUS_KEY);
        }
    }

    private static int copy(JsonText text, byte[] into) {
        System.arraycopy(text.bytes(), text.offset(), into, 0, text.length());
        return text.length();
    }
}
