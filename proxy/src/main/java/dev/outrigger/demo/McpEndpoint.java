package dev.outrigger.demo;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;

/**
 * The one endpoint: checks what holds for every request, then hands it to its era.
 *
 * <p>The era is decided for each request by itself, as the specification asks of a server that speaks both: a request that
 * claims its protocol version in {@code _meta}, or a modern one in the header, is modern; everything else is legacy.
 */
final class McpEndpoint {
    static final String PATH = "/mcp";

    private static final Set<String> LOCAL_HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");

    private final LegacyEra legacy;
    private final ModernEra modern;

    McpEndpoint(LegacyEra legacy, ModernEra modern) {
        this.legacy = legacy;
        this.modern = modern;
    }

    void serve(Request request, HttpAnswer answer) {
        if (!hasLocalOrigin(request)) {
            String problem = "Origin " + request.header("Origin") + " is not local";
            answer.json(HttpResponseStatus.FORBIDDEN, Rpc.error(null, Rpc.INVALID_REQUEST, problem));
        } else if (!request.path().equals(PATH)) {
            answer.text(HttpResponseStatus.NOT_FOUND, "nothing here, MCP is at " + PATH);
        } else if (request.method().equals(HttpMethod.POST)) {
            post(request, answer);
        } else if (ProtocolVersion.isModern(request.header(ProtocolVersion.HEADER))) {
            refuseMethod(answer, "POST");
        } else if (request.method().equals(HttpMethod.GET)) {
            legacy.listen(request, answer);
        } else if (request.method().equals(HttpMethod.DELETE)) {
            legacy.endSession(request, answer);
        } else {
            refuseMethod(answer, "GET, POST, DELETE");
        }
    }

    private void post(Request request, HttpAnswer answer) {
        if (!request.isJson()) {
            answer.text(HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE, "expected Content-Type application/json");
            return;
        }
        Json body;
        try {
            body = JsonReader.read(request.body());
        } catch (MalformedJson e) {
            answer.json(HttpResponseStatus.BAD_REQUEST, Rpc.error(null, Rpc.PARSE_ERROR, e.getMessage()));
            return;
        }
        boolean claimsVersion = body instanceof Json.Obj object
                && object.object("params").object("_meta").has(ModernEra.VERSION_CLAIM);
        if (claimsVersion || ProtocolVersion.isModern(request.header(ProtocolVersion.HEADER))) {
            modern.post(request, body, answer);
        } else {
            legacy.post(request, body, answer);
        }
    }

    /** Keeps web pages of other sites, which may reach this address by DNS rebinding, from calling tools. */
    private static boolean hasLocalOrigin(Request request) {
        String origin = request.header("Origin");
        if (origin == null) {
            return true;
        }
        try {
            String host = new URI(origin).getHost();
            return host != null && LOCAL_HOSTS.contains(host);
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static void refuseMethod(HttpAnswer answer, String allowed) {
        answer.header(HttpHeaderNames.ALLOW, allowed)
                .text(HttpResponseStatus.METHOD_NOT_ALLOWED, "expected one of " + allowed);
    }
}
