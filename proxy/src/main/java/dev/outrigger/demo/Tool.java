package dev.outrigger.demo;

import dev.outrigger.json.JsonWriter;

/**
 * A tool as clients see it, and what it does.
 *
 * @param inputSchema JSON Schema of its arguments
 */
record Tool(String name, String description, String inputSchema, Body body) {
    interface Body {
        void run(ToolCall call) throws BadArgument;
    }

    /** An argument that is missing or of the wrong kind; the message says what was expected. */
    static final class BadArgument extends Exception {
        BadArgument(String name, String expected) {
            super(name + ": expected " + expected, null, false, false);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    void write(JsonWriter json) {
        json.beginObject();
        json.name("name").value(name);
        json.name("description").value(description);
        json.name("inputSchema").raw(inputSchema);
        json.endObject();
    }
}
