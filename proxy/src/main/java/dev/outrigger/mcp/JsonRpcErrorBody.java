package dev.outrigger.mcp;

import dev.outrigger.json.JsonWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The proxy's own refusal as a JSON-RPC error, the one shape that every MCP client turns into a typed error for its caller.
 *
 * <p>The id is written back byte by byte as it came, so that {@code 1}, {@code "1"} and {@code 1.0} stay what they were.
 */
public final class JsonRpcErrorBody {
    private static final byte[] BEFORE_ID = ascii("{\"jsonrpc\":\"2.0\",\"id\":");
    private static final byte[] NULL = ascii("null");
    private static final byte[] BEFORE_ERROR = ascii(",\"error\":");
    private static final int USUAL_TEXT_LENGTH = 192;
    private static final int USUAL_BODY_LENGTH = 256;

    private JsonRpcErrorBody() {}

    /**
     * A body of one error. Parameters as in {@link #writeTo}.
     *
     * @return a new buffer, which the caller owns
     */
    public static ByteBuf write(ByteBufAllocator alloc, byte[] id, int idLength, RpcError error) {
        ByteBuf out = alloc.buffer(USUAL_BODY_LENGTH);
        writeTo(out, id, idLength, error);
        return out;
    }

    /**
     * Appends one error, without any line end.
     *
     * @param id one JSON value, as {@link McpFacts#id()} holds it
     * @param idLength its bytes; 0: the id is unknown, {@code null} is written
     */
    public static void writeTo(ByteBuf out, byte[] id, int idLength, RpcError error) {
        write(out, id, idLength, json(error));
    }

    /**
     * Appends the answer to a batch: an array with the same error for each request.
     *
     * @param ids of the requests, each one whole JSON value; an empty one is unknown. At least one: a batch without requests
     *     is not answered
     */
    public static void writeBatchTo(ByteBuf out, List<byte[]> ids, RpcError error) {
        String json = json(error);
        char before = '[';
        for (byte[] id : ids) {
            out.writeByte(before);
            write(out, id, id.length, json);
            before = ',';
        }
        out.writeByte(']');
    }

    private static void write(ByteBuf out, byte[] id, int idLength, String error) {
        out.writeBytes(BEFORE_ID);
        if (idLength > 0) {
            out.writeBytes(id, 0, idLength);
        } else {
            out.writeBytes(NULL);
        }
        out.writeBytes(BEFORE_ERROR);
        ByteBufUtil.writeUtf8(out, error);
        out.writeByte('}');
    }

    private static String json(RpcError error) {
        JsonWriter json = new JsonWriter(new StringBuilder(USUAL_TEXT_LENGTH));
        json.beginObject().name("code").value(error.code().jsonRpcCode());
        json.name("message").value(error.code().message());
        json.name("data").beginObject().name("reason").value(error.reason());
        if (!error.detail().isEmpty()) {
            json.name("detail").value(error.detail());
        }
        if (!error.upstream().isEmpty()) {
            json.name("upstream").value(error.upstream());
        }
        if (error.retryAfterMillis() >= 0) {
            json.name("retry_after_ms").value(error.retryAfterMillis());
        }
        if (!error.traceId().isEmpty()) {
            json.name("trace_id").value(error.traceId());
        }
        return json.endObject().endObject().toString();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
