package dev.outrigger.mcp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The methods of every MCP revision from 2024-11-05 to 2026-07-28 and of the tasks extension, in both directions: a closed
 * set, so that a method can be a metric label.
 */
public enum McpMethod {
    INITIALIZE("initialize"),
    PING("ping"),
    SERVER_DISCOVER("server/discover"),
    TOOLS_LIST("tools/list"),
    TOOLS_CALL("tools/call", Subject.NAME),
    PROMPTS_LIST("prompts/list"),
    PROMPTS_GET("prompts/get", Subject.NAME),
    RESOURCES_LIST("resources/list"),
    RESOURCES_TEMPLATES_LIST("resources/templates/list"),
    RESOURCES_READ("resources/read", Subject.URI),
    RESOURCES_SUBSCRIBE("resources/subscribe", Subject.URI),
    RESOURCES_UNSUBSCRIBE("resources/unsubscribe", Subject.URI),
    COMPLETION_COMPLETE("completion/complete"),
    LOGGING_SET_LEVEL("logging/setLevel"),
    SUBSCRIPTIONS_LISTEN("subscriptions/listen"),
    TASKS_GET("tasks/get", Subject.TASK_ID),
    TASKS_LIST("tasks/list"),
    TASKS_RESULT("tasks/result", Subject.TASK_ID),
    TASKS_UPDATE("tasks/update", Subject.TASK_ID),
    TASKS_CANCEL("tasks/cancel", Subject.TASK_ID),

    /** Asked by servers, up to 2025-11-25. */
    SAMPLING_CREATE_MESSAGE("sampling/createMessage"),
    ELICITATION_CREATE("elicitation/create"),
    ROOTS_LIST("roots/list"),

    NOTIFICATIONS_INITIALIZED("notifications/initialized"),
    NOTIFICATIONS_CANCELLED("notifications/cancelled"),
    NOTIFICATIONS_PROGRESS("notifications/progress"),
    NOTIFICATIONS_MESSAGE("notifications/message"),
    NOTIFICATIONS_TOOLS_LIST_CHANGED("notifications/tools/list_changed"),
    NOTIFICATIONS_PROMPTS_LIST_CHANGED("notifications/prompts/list_changed"),
    NOTIFICATIONS_RESOURCES_LIST_CHANGED("notifications/resources/list_changed"),
    NOTIFICATIONS_RESOURCES_UPDATED("notifications/resources/updated"),
    NOTIFICATIONS_ROOTS_LIST_CHANGED("notifications/roots/list_changed"),
    NOTIFICATIONS_ELICITATION_COMPLETE("notifications/elicitation/complete"),
    NOTIFICATIONS_SUBSCRIPTIONS_ACKNOWLEDGED("notifications/subscriptions/acknowledged"),
    NOTIFICATIONS_TASKS("notifications/tasks"),
    NOTIFICATIONS_TASKS_STATUS("notifications/tasks/status"),

    /** A method that is none of MCP's. */
    OTHER("other");

    /** The member of params that names what a request is about. */
    public enum Subject {
        NONE,
        /** {@code params.name}: a tool or a prompt. */
        NAME,
        /** {@code params.uri}: a resource. */
        URI,
        /** {@code params.taskId}. */
        TASK_ID
    }

    /** Open addressing; four times the number of methods, a power of two. */
    private static final McpMethod[] TABLE = table();

    private final String label;
    private final byte[] bytes;
    private final Subject subject;
    private final boolean isList;

    McpMethod(String label) {
        this(label, Subject.NONE);
    }

    McpMethod(String label, Subject subject) {
        this.label = label;
        this.bytes = label.getBytes(StandardCharsets.US_ASCII);
        this.subject = subject;
        this.isList = label.endsWith("/list");
    }

    /** The method as it stands in a message, {@code other} for {@link #OTHER}. Always the same String. */
    public String label() {
        return label;
    }

    /** Which member of params says whom the request is for; since 2026-07-28 the header {@code Mcp-Name} repeats it. */
    public Subject subject() {
        return subject;
    }

    /** Whether {@code params.name} says whom the request is for: a tool or a prompt. */
    public boolean hasName() {
        return subject == Subject.NAME;
    }

    /** Whether it asks for a list, which may come in pages. */
    public boolean isList() {
        return isList;
    }

    /**
     * Whether it only reads: a second time changes nothing. What runs a tool is none of these, whatever the tool does, nor what
     * begins something that the server remembers.
     */
    public boolean isSafe() {
        return switch (this) {
            case PING,
                    SERVER_DISCOVER,
                    TOOLS_LIST,
                    PROMPTS_LIST,
                    PROMPTS_GET,
                    RESOURCES_LIST,
                    RESOURCES_TEMPLATES_LIST,
                    RESOURCES_READ,
                    COMPLETION_COMPLETE,
                    TASKS_GET,
                    TASKS_LIST,
                    TASKS_RESULT -> true;
            default -> false;
        };
    }

    /** @return {@link #OTHER} if it is none of the others; case matters */
    public static McpMethod of(byte[] in, int offset, int length) {
        if (length == 0) {
            return OTHER;
        }
        int slot = slot(in, offset, length);
        while (true) {
            McpMethod found = TABLE[slot];
            if (found == OTHER || found.is(in, offset, length)) {
                return found;
            }
            slot = (slot + 1) & (TABLE.length - 1);
        }
    }

    /** Two words, which may overlap, tell the methods of most calls; more is not worth it. */
    private boolean is(byte[] in, int offset, int length) {
        if (length != bytes.length || length < ByteRuns.WORD_BYTES || length > 2 * ByteRuns.WORD_BYTES) {
            return Arrays.equals(bytes, 0, bytes.length, in, offset, offset + length);
        }
        int last = length - ByteRuns.WORD_BYTES;
        return ByteRuns.word(in, offset) == ByteRuns.word(bytes, 0)
                && ByteRuns.word(in, offset + last) == ByteRuns.word(bytes, last);
    }

    private static McpMethod[] table() {
        McpMethod[] table = new McpMethod[Integer.highestOneBit(values().length) * 4];
        Arrays.fill(table, OTHER);
        for (McpMethod method : values()) {
            if (method != OTHER) {
                int slot = slot(method.bytes, 0, method.bytes.length, table.length);
                while (table[slot] != OTHER) {
                    slot = (slot + 1) & (table.length - 1);
                }
                table[slot] = method;
            }
        }
        return table;
    }

    private static int slot(byte[] in, int offset, int length) {
        return slot(in, offset, length, TABLE.length);
    }

    /** Length and three bytes tell all but a few methods apart; the comparison that follows is the judge. */
    private static int slot(byte[] in, int offset, int length, int slots) {
        int hash = length * 31 + in[offset];
        hash = hash * 31 + in[offset + length / 2];
        hash = hash * 31 + in[offset + length - 1];
        return (hash ^ hash >>> 7) & (slots - 1);
    }
}
