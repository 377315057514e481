package dev.outrigger.demo;

import dev.outrigger.json.JsonWriter;

/** How results look in the two eras of the protocol. */
enum Era {
    /** Up to 2025-11-25: a result holds nothing but its content. */
    LEGACY,
    /** From 2026-07-28: every result says that it is complete and who made it. */
    MODERN;

    void writeResultHead(JsonWriter json) {
        if (this == MODERN) {
            json.name("resultType").value("complete");
            json.name("_meta").beginObject().name("io.modelcontextprotocol/serverInfo");
            writeServerInfo(json);
            json.endObject();
        }
    }

    static void writeServerInfo(JsonWriter json) {
        json.beginObject();
        json.name("name").value("outrigger-demo");
        json.name("title").value("Outrigger demo server");
        json.name("version").value("1.0.0");
        json.endObject();
    }

    /** The members that introduce a server in both eras. */
    static void writeIntroduction(JsonWriter json) {
        json.name("capabilities").beginObject();
        json.name("tools").beginObject().endObject();
        json.endObject();
        json.name("instructions").value("Tools to watch a sidecar with: fast, slow, flaky, large and step by step.");
    }
}
