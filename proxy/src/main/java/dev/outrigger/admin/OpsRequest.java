package dev.outrigger.admin;

import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One complete, well-formed request to an operations port. Immutable, and free of pooled buffers. */
public final class OpsRequest {
    private final String method;
    private final List<String> segments;
    private final Map<String, List<String>> query;
    private final HttpHeaders headers;
    private final byte[] body;
    private final Map<String, String> variables;
    private final @Nullable InetAddress askedAt;

    private OpsRequest(
            String method,
            List<String> segments,
            Map<String, List<String>> query,
            HttpHeaders headers,
            byte[] body,
            Map<String, String> variables,
            @Nullable InetAddress askedAt) {
        this.method = method;
        this.segments = segments;
        this.query = query;
        this.headers = headers;
        this.body = body;
        this.variables = variables;
        this.askedAt = askedAt;
    }

    /**
     * @param request its target is in origin form; its content is copied, nothing is released
     * @throws IllegalArgumentException if the target has a percent sign that does not begin an escape
     */
    static OpsRequest of(FullHttpRequest request) {
        QueryStringDecoder target = new QueryStringDecoder(request.uri());
        return new OpsRequest(
                request.method().name(),
                segments(target.rawPath()),
                target.parameters(),
                request.headers(),
                ByteBufUtil.getBytes(request.content()),
                Map.of(),
                null);
    }

    /** Split before they are decoded, so that {@code %2F} is a character of a name and not a separator. */
    private static List<String> segments(String rawPath) {
        List<String> decoded = new ArrayList<>();
        for (String segment : rawPath.substring(1).split("/", -1)) {
            decoded.add(new QueryStringDecoder(segment).path());
        }
        return List.copyOf(decoded);
    }

    /** {@code GET} and so on. */
    public String method() {
        return method;
    }

    /** Whether the request promises to change nothing (RFC 9110 §9.2.1). */
    public boolean isSafe() {
        return method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS");
    }

    /** The decoded parts of the path; {@code /} is one empty part. */
    List<String> segments() {
        return segments;
    }

    /** The part of the path that stands where the route has {@code {name}}. */
    public String variable(String name) {
        String value = variables.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "no variable " + name + " in this route, expected one of " + variables.keySet());
        }
        return value;
    }

    /** Values of a query parameter in their order, decoded; empty if it is absent. */
    public List<String> query(String name) {
        return query.getOrDefault(name, List.of());
    }

    /** All of them; not to be changed. */
    HttpHeaders headers() {
        return headers;
    }

    /** All values of a header, one per line; empty if it is absent. */
    public List<String> headers(String name) {
        return headers.getAll(name);
    }

    /** The {@code Accept} lines as one list; empty if there is none. */
    public String accept() {
        return String.join(", ", headers.getAll(HttpHeaderNames.ACCEPT));
    }

    /** A copy of the body, at most {@link OpsLimits#bodyBytes}. */
    public byte[] body() {
        return body.clone();
    }

    OpsRequest withVariables(Map<String, String> found) {
        return new OpsRequest(method, segments, query, headers, body, Map.copyOf(found), askedAt);
    }

    OpsRequest withAskedAt(SocketAddress local) {
        return local instanceof InetSocketAddress address
                ? new OpsRequest(method, segments, query, headers, body, variables, address.getAddress())
                : this;
    }

    /** Which of this host's addresses the client used; none where that is not known. */
    @Nullable
    InetAddress askedAt() {
        return askedAt;
    }
}
