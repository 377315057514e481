package dev.outrigger.mcp;

import dev.outrigger.failure.Code;
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
    public static ByteBuf write(
            ByteBufAllocator alloc,
            byte[] id,
            int idLength,
            Code code,
            String reason,
            String upstream,
            long retryAfterMillis,
            String traceId) {
        ByteBuf out = alloc.buffer(USUAL_BODY_LENGTH);
        writeTo(out, id, idLength, code, reason, upstream, retryAfterMillis, traceId);
        return out;
    }

    /**
     * Appends one error, without any line end.
     *
     * @param id one JSON value, as {@link McpFacts#id()} holds it
     * @param idLength its bytes; 0: the id is unknown, {@code null} is written
     * @param reason a label, see {@link dev.outrigger.failure.Reason#label()}
     * @param upstream its name; empty: left out
     * @param retryAfterMillis when to come back; negative: left out
     * @param traceId 32 hexadecimal digits; empty: left out
     */
    public static void writeTo(
            ByteBuf out,
            byte[] id,
            int idLength,
            Code code,
            String reason,
            String upstream,
            long retryAfterMillis,
            String traceId) {
        write(out, id, idLength, error(code, reason, upstream, retryAfterMillis, traceId));
    }

    /**
     * Appends the answer to a batch: an array with the same error for each request. Other parameters as in {@link #writeTo}.
     *
     * @param ids of the requests, each one whole JSON value; an empty one is unknown. At least one: a batch without requests
     *     is not answered
     */
    public static void writeBatchTo(
            ByteBuf out,
            List<byte[]> ids,
            Code code,
            String reason,
            String upstream,
            long retryAfterMillis,
            String traceId) {
        String error = error(code, reason, upstream, retryAfterMillis, traceId);
        char before = '[';
        for (byte[] id : ids) {
            out.writeByte(before);
            write(out, id, id.length, error);
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

    private static String error(Code code, String reason, String upstream, long retryAfterMillis, String traceId) {
        JsonWriter json = new JsonWriter(new StringBuilder(USUAL_TEXT_LENGTH));
        json.beginObject().name("code").value(code.jsonRpcCode());
        json.name("message").value(code.message());
        json.name("data").beginObject().name("reason").value(reason);
        if (!upstream.isEmpty()) {
            json.name("upstream").value(upstream);
        }
        if (retryAfterMillis >= 0) {
            json.name("retry_after_ms").value(retryAfterMillis);
        }
        if (!traceId.isEmpty()) {
            json.name("trace_id").value(traceId);
        }
        return json.endObject().endObject().toString();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
