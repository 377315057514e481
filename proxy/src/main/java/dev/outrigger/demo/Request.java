package dev.outrigger.demo;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the server keeps of an HTTP request; holds no buffer, so it may wait.
 *
 * @param path without the query
 * @param isChunkable whether the client knows chunked bodies (HTTP/1.1)
 * @param isMalformed whether the decoder gave up on it; then nothing else here is to be trusted
 */
record Request(
        HttpMethod method,
        String path,
        HttpHeaders headers,
        String body,
        boolean isKeepAlive,
        boolean isChunkable,
        boolean isMalformed) {

    static Request of(FullHttpRequest message) {
        boolean malformed = message.decoderResult().isFailure();
        String uri = message.uri();
        int query = uri.indexOf('?');
        return new Request(
                message.method(),
                query < 0 ? uri : uri.substring(0, query),
                message.headers(),
                message.content().toString(StandardCharsets.UTF_8),
                !malformed && HttpUtil.isKeepAlive(message),
                message.protocolVersion().equals(HttpVersion.HTTP_1_1),
                malformed);
    }

    /** The header's value, null if absent. Lines sent twice are one list, as RFC 9110 says, and so match no single value. */
    @Nullable
    String header(String name) {
        List<String> values = headers.getAll(name);
        return values.isEmpty() ? null : String.join(", ", values);
    }

    boolean isJson() {
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE, "");
        int parameters = type.indexOf(';');
        return (parameters < 0 ? type : type.substring(0, parameters)).strip().equalsIgnoreCase("application/json");
    }

    /** Whether the client can read a stream of events; one that names no type takes any. */
    boolean acceptsEvents() {
        String accept = header("Accept");
        if (accept == null) {
            return true;
        }
        String types = accept.toLowerCase(Locale.ROOT);
        return types.contains("text/event-stream") || types.contains("*/*");
    }
}
