package dev.outrigger.mcp;

/** Where in the message an object stands that something may be put into. A part of {@link McpFacts}. */
final class ObjectPlace {
    private boolean present;
    private int membersAt = -1;
    private boolean empty;

    void clear() {
        present = false;
        membersAt = -1;
        empty = false;
    }

    /** Its key is read; what follows may be something else than an object. */
    void onKey() {
        present = true;
    }

    /** @param at behind the opening brace */
    void onObject(int at) {
        membersAt = at;
        empty = true;
    }

    void onMember() {
        empty = false;
    }

    boolean isPresent() {
        return present;
    }

    /** @return -1 if there is no object */
    int membersAt() {
        return membersAt;
    }

    boolean isEmpty() {
        return empty;
    }
}
