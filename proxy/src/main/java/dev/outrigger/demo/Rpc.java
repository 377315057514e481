package dev.outrigger.demo;

import dev.outrigger.json.JsonWriter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes JSON-RPC messages. Request ids go out as they came in, to the letter. */
final class Rpc {
    static final int PARSE_ERROR = -32700;
    static final int INVALID_REQUEST = -32600;
    static final int METHOD_NOT_FOUND = -32601;
    static final int INVALID_PARAMS = -32602;
    static final int INTERNAL_ERROR = -32603;
    static final int HEADER_MISMATCH = -32020;
    static final int UNSUPPORTED_VERSION = -32022;

    private Rpc() {}

    /** @param members writes the members of the result */
    static Payload result(String id, Era era, Consumer<JsonWriter> members) {
        StringBuilder text = new StringBuilder(256);
        writeResult(new JsonWriter(text), id, era, members);
        return Payload.of(text.toString());
    }

    static void writeResult(JsonWriter json, String id, Era era, Consumer<JsonWriter> members) {
        json.beginObject().name("jsonrpc").value("2.0").name("id").raw(id);
        json.name("result").beginObject();
        era.writeResultHead(json);
        members.accept(json);
        json.endObject().endObject();
    }

    /** @param id null where the request's id could not be read */
    static Payload error(@Nullable String id, int code, String message) {
        return error(id, code, message, json -> {});
    }

    static Payload unsupportedVersion(@Nullable String id, String requested) {
        return error(id, UNSUPPORTED_VERSION, "Unsupported protocol version", json -> {
            json.name("data").beginObject().name("supported").beginArray();
            ProtocolVersion.ALL.forEach(json::value);
            json.endArray().name("requested").value(requested).endObject();
        });
    }

    /**
     * @param progressToken as it stands in the request
     * @param progress steps done, of {@code total}
     */
    static Payload progress(String progressToken, int progress, int total) {
        StringBuilder text = new StringBuilder(128);
        JsonWriter json = new JsonWriter(text).beginObject();
        json.name("jsonrpc").value("2.0").name("method").value("notifications/progress");
        json.name("params").beginObject();
        json.name("progressToken").raw(progressToken);
        json.name("progress").value(progress).name("total").value(total);
        json.name("message").value("step " + progress + " of " + total);
        json.endObject().endObject();
        return Payload.of(text.toString());
    }

    private static Payload error(@Nullable String id, int code, String message, Consumer<JsonWriter> data) {
        StringBuilder text = new StringBuilder(128);
        JsonWriter json = new JsonWriter(text).beginObject();
        json.name("jsonrpc").value("2.0").name("id").raw(id == null ? "null" : id);
        json.name("error").beginObject();
        json.name("code").value(code).name("message").value(message);
        data.accept(json);
        json.endObject().endObject();
        return Payload.of(text.toString());
    }
}
