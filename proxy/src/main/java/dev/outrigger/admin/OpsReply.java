package dev.outrigger.admin;

import dev.outrigger.json.JsonWriter;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One complete answer of an operations port. Bodies are plain arrays: they are small, and an array that is made on any
 * thread needs nobody to release it.
 *
 * <p>Immutable, provided that nobody writes to the array that was handed over.
 */
public final class OpsReply {
    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain; charset=utf-8";

    private final int status;
    private final String contentType;
    private final byte[] body;
    private final Map<String, String> headers;

    private OpsReply(int status, String contentType, byte[] body, Map<String, String> headers) {
        this.status = status;
        this.contentType = contentType;
        this.body = body;
        this.headers = headers;
    }

    /** @param body not copied */
    public static OpsReply of(int status, String contentType, byte[] body) {
        return new OpsReply(status, contentType, body, Map.of());
    }

    public static OpsReply text(int status, String text) {
        return of(status, TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** @param content writes one JSON value */
    public static OpsReply json(int status, Consumer<JsonWriter> content) {
        StringBuilder text = new StringBuilder(256);
        content.accept(new JsonWriter(text));
        return jsonText(status, text.append('\n').toString());
    }

    /** @param json one JSON value as text */
    public static OpsReply jsonText(int status, String json) {
        return of(status, JSON, json.getBytes(StandardCharsets.UTF_8));
    }

    /** {@code {"error": message}}, where the message holds the value at fault and what was expected. */
    public static OpsReply error(int status, String message) {
        return json(
                status, json -> json.beginObject().name("error").value(message).endObject());
    }

    /** The same answer with one more header; content type, length and connection are not set here. */
    public OpsReply with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new OpsReply(status, contentType, body, more);
    }

    public int status() {
        return status;
    }

    public String contentType() {
        return contentType;
    }

    public String bodyText() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /**
     * As a message for the wire. {@code no-store}: every answer is a reading of this moment. {@code nosniff}: names from
     * the configuration stand in the bodies, and no browser shall take them for markup.
     */
    FullHttpResponse toHttp() {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(body));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, contentType)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set("x-content-type-options", "nosniff");
        headers.forEach(response.headers()::set);
        return response;
    }
}
