package dev.outrigger.mcp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What kind of result an answer brings: its {@code resultType}, since 2026-07-28. */
public enum ResultType {
    /** Not said: a revision before 2026-07-28, or no result. */
    ABSENT(""),
    COMPLETE("complete"),
    /** The server asks for more; the client's follow-up is a new request. */
    INPUT_REQUIRED("input_required"),
    /** The work goes on as a task, to be asked for by its id. */
    TASK("task"),
    /** One that this proxy does not know. */
    OTHER("");

    private static final ResultType[] KNOWN = {COMPLETE, INPUT_REQUIRED, TASK};

    private final byte[] bytes;

    ResultType(String label) {
        this.bytes = label.getBytes(StandardCharsets.US_ASCII);
    }

    static ResultType of(JsonText text) {
        int end = text.offset() + text.length();
        for (ResultType type : KNOWN) {
            if (Arrays.equals(type.bytes, 0, type.bytes.length, text.bytes(), text.offset(), end)) {
                return type;
            }
        }
        return OTHER;
    }
}
