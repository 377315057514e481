package dev.outrigger.mcp;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link McpScanner} has found in a message so far. Owned and rewritten by the scanner: read it, do not keep it.
 *
 * <p>Facts only grow, with one exception: a message that turns out to be contradictory or not JSON becomes
 * {@link Kind#INVALID} at whatever point that shows.
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
        /** An array of messages; what they say goes to {@link ElementSink}, and only their number is kept. */
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
        /** A member of the request that is read stands twice: readers differ in which one counts. */
        DUPLICATE_KEY("duplicate key"),
        /**
         * {@code method}, {@code id}, {@code params} or the {@link McpMethod.Subject} in other letters, {@code "Method"} for
         * instance, which some readers take for the same.
         */
        AMBIGUOUS_KEY("ambiguous key"),
        BAD_METHOD("method is not a string"),
        BAD_ID("id is neither a string nor a number"),
        BAD_ELEMENT("batch holds something that is no object"),
        /** More than {@link McpScanner#MAX_ELEMENTS}. */
        TOO_MANY("too many messages in one batch");

        private final String detail;

        Problem(String detail) {
            this.detail = detail;
        }

        /** A phrase for the client and the log. */
        public String detail() {
            return detail;
        }
    }

    private final FactText id = new FactText(FactText.USUAL_LIMIT_BYTES);
    private final FactText name = new FactText(FactText.USUAL_LIMIT_BYTES);
    private final FactText uri = new FactText(FactText.URI_LIMIT_BYTES);
    private final FactText taskId = new FactText(FactText.USUAL_LIMIT_BYTES);
    private final ParamsFacts params = new ParamsFacts();
    private final MetaFacts meta = new MetaFacts();
    private final AnswerFacts answer = new AnswerFacts();

    private boolean begun;
    private boolean over;
    private boolean batch;
    private boolean response;
    private Problem problem = Problem.NONE;
    private int elements;

    private @Nullable McpMethod method;
    /** The subjects that stand in params in other letters, one bit each. */
    private int ambiguousSubjects;

    private int rootMembersAt = -1;
    private final ObjectPlace paramsPlace = new ObjectPlace();
    private final ObjectPlace metaPlace = new ObjectPlace();

    McpFacts() {}

    public Kind kind() {
        if (problem != Problem.NONE) {
            return Kind.INVALID;
        }
        if (batch) {
            return Kind.BATCH;
        }
        if (method != null && id.isPresent()) {
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

    /**
     * Whether the message is whole, or settled by a problem. No fact is added from here on; only something else than white
     * space behind it still makes it {@link Kind#INVALID}.
     */
    public boolean isOver() {
        return over || problem != Problem.NONE;
    }

    /** Whether the message is an array, be it {@link Kind#INVALID} or not. */
    public boolean isBatch() {
        return batch;
    }

    /** Messages of the batch that have ended. */
    public int elementCount() {
        return elements;
    }

    /** @return null as long as it is not known, or if there is none */
    public @Nullable McpMethod method() {
        return method;
    }

    /** Whether there is an id: a string, a number or {@code null}. It may be over-long. */
    public boolean hasId() {
        return id.isPresent();
    }

    /** The id as it stands in the message, with its quotes and escapes, in the first {@link #idLength()} bytes. */
    public byte[] id() {
        return id.bytes();
    }

    /** @return 0 if there is none, or one of more than 256 bytes; an error is then answered with id {@code null} */
    public int idLength() {
        return id.length();
    }

    public boolean isIdOverlong() {
        return id.isOverlong();
    }

    /** @return {@link #id()}; null if there is none, or an over-long one */
    public @Nullable String idText() {
        return id.text();
    }

    /** {@code params.name} with its escapes resolved, as UTF-8, in the first {@link #nameLength()} bytes. */
    public byte[] name() {
        return name.bytes();
    }

    /** @return 0 if there is none (or not yet), if it is empty, no string, or longer than 256 bytes */
    public int nameLength() {
        return name.length();
    }

    /** Whether there is a name of more than 256 bytes; no real tool has one. */
    public boolean isNameOverlong() {
        return name.isOverlong();
    }

    /** @return {@link #name()}; null if there is none, or an over-long one */
    public @Nullable String nameText() {
        return name.text();
    }

    /** {@code params.uri}, up to 1024 bytes. */
    public FactText uri() {
        return uri;
    }

    /** @return null if there is none, or an over-long one */
    public @Nullable String uriText() {
        return uri.text();
    }

    /** {@code params.taskId}; that of a result is in {@link #answer()}. */
    public FactText taskId() {
        return taskId;
    }

    /** @return null if there is none, or an over-long one */
    public @Nullable String taskIdText() {
        return taskId.text();
    }

    /** Whom the message is for, as its method has it: name, URI or task id; null as long as the method is not known. */
    public @Nullable FactText subject() {
        McpMethod known = method;
        if (known == null) {
            return null;
        }
        return switch (known.subject()) {
            case NONE -> null;
            case NAME -> name;
            case URI -> uri;
            case TASK_ID -> taskId;
        };
    }

    /** Whether {@code params} is there, object or not. */
    public boolean hasParams() {
        return paramsPlace.isPresent();
    }

    public boolean paramsIsObject() {
        return paramsPlace.membersAt() >= 0;
    }

    /** Whether {@code params._meta} is there, object or not. */
    public boolean hasMeta() {
        return metaPlace.isPresent();
    }

    /**
     * Where a member can be put in without touching what is there: behind the opening brace of the message.
     *
     * @return bytes from the first one fed; -1 if the message is no object, or that is beyond 2 GiB
     */
    public int rootMembersAt() {
        return rootMembersAt;
    }

    /** The same of {@code params}; -1 if there is none, or it is no object. */
    public int paramsMembersAt() {
        return paramsPlace.membersAt();
    }

    /** The same of {@code params._meta}; -1 if there is none, or it is no object. */
    public int metaMembersAt() {
        return metaPlace.membersAt();
    }

    /** Whether {@code params} is an object without members; what is put in then has no comma behind it. */
    public boolean isParamsEmpty() {
        return paramsPlace.isEmpty();
    }

    /** Whether {@code params._meta} is an object without members. */
    public boolean isMetaEmpty() {
        return metaPlace.isEmpty();
    }

    /** What {@code params} says besides. */
    public ParamsFacts params() {
        return params;
    }

    /** What {@code params._meta} says. */
    public MetaFacts meta() {
        return meta;
    }

    /** What {@code result} or {@code error} says. */
    public AnswerFacts answer() {
        return answer;
    }

    /** Whether a member that is read stands twice. */
    public boolean hasDuplicateKeys() {
        return problem == Problem.DUPLICATE_KEY;
    }

    /** Whether the route can be chosen: the method is known, and the name if the method has one, or nothing more comes. */
    public boolean isRoutable() {
        return isOver() || (method != null && (name.isPresent() || !method.hasName()));
    }

    /** Whether a refusal can be answered: {@link #isRoutable()}, and the id is known too or nothing more comes. */
    public boolean isComplete() {
        return isOver() || (id.isPresent() && isRoutable());
    }

    // ---- written by the scanner

    void clear() {
        begun = false;
        over = false;
        batch = false;
        problem = Problem.NONE;
        elements = 0;
        method = null;
        rootMembersAt = -1;
        id.clear();
        if (paramsPlace.isPresent()) {
            clearParams();
        }
        if (response) {
            response = false;
            answer.clear();
        }
    }

    private void clearParams() {
        paramsPlace.clear();
        ambiguousSubjects = 0;
        name.clear();
        uri.clear();
        taskId.clear();
        params.clear();
        if (metaPlace.isPresent()) {
            metaPlace.clear();
            meta.clear();
        }
    }

    void begin() {
        begun = true;
    }

    void end() {
        over = true;
    }

    void beginBatch() {
        batch = true;
    }

    void countElement() {
        elements++;
    }

    void beginMembers(int at) {
        rootMembersAt = at;
    }

    void beginAnswer() {
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
        checkSubject();
    }

    /** @return false if it is not UTF-8 */
    boolean id(JsonText text) {
        return id.set(text);
    }

    /** Two ids: none of them is the one to echo. */
    void clearId() {
        id.clear();
    }

    /** {@code params.name}, to be written. */
    FactText subjectName() {
        return name;
    }

    /** A key that some readers take for that of the subject; it counts if the method, which may come later, has that one. */
    void ambiguousSubject(McpMethod.Subject subject) {
        ambiguousSubjects |= 1 << subject.ordinal();
        checkSubject();
    }

    ObjectPlace paramsPlace() {
        return paramsPlace;
    }

    ObjectPlace metaPlace() {
        return metaPlace;
    }

    private void checkSubject() {
        if (ambiguousSubjects != 0
                && method != null
                && (ambiguousSubjects & 1 << method.subject().ordinal()) != 0) {
            problem(Problem.AMBIGUOUS_KEY);
        }
    }
}
