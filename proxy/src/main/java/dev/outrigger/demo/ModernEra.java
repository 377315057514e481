package dev.outrigger.demo;

import dev.outrigger.json.JsonWriter;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Revision 2026-07-28: every request stands alone, carries its version and capabilities in {@code _meta}, and repeats
 * version, method and name in headers, which are checked against the body because proxies decide by them.
 */
final class ModernEra {
    static final String VERSION_CLAIM = "io.modelcontextprotocol/protocolVersion";

    private static final String CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";
    private static final String METHOD_HEADER = "Mcp-Method";
    private static final String NAME_HEADER = "Mcp-Name";
    private static final String ENCODED_PREFIX = "=?base64?";
    private static final String ENCODED_SUFFIX = "?=";

    /** The list of tools never changes while the server runs; five minutes is the specification's example. */
    private static final long CACHE_TTL_MILLIS = 300_000;

    private final Tools tools;

    ModernEra(Tools tools) {
        this.tools = tools;
    }

    void post(Request request, Json body, HttpAnswer answer) {
        Message message = Message.of(body);
        switch (message.kind()) {
            case NOTIFICATION -> answer.accepted();
            case REQUEST -> {
                Payload problem = check(request, message);
                if (problem == null) {
                    dispatch(message, answer);
                } else {
                    answer.json(HttpResponseStatus.BAD_REQUEST, problem);
                }
            }
            case RESPONSE, INVALID ->
                answer.json(
                        HttpResponseStatus.BAD_REQUEST,
                        Rpc.error(message.id(), Rpc.INVALID_REQUEST, "expected one JSON-RPC request or notification"));
        }
    }

    private void dispatch(Message message, HttpAnswer answer) {
        String id = message.requestId();
        switch (message.method()) {
            case "server/discover" -> answer.complete(Rpc.result(id, Era.MODERN, ModernEra::writeDiscovery));
            case "tools/list" ->
                answer.complete(Rpc.result(id, Era.MODERN, json -> {
                    tools.writeList(json);
                    writeCacheHints(json);
                }));
            case "tools/call" -> tools.call(message, Era.MODERN, answer);
            default ->
                answer.json(
                        HttpResponseStatus.NOT_FOUND,
                        Rpc.error(id, Rpc.METHOD_NOT_FOUND, "no method " + message.method()));
        }
    }

    /** What is wrong with the request's metadata, null if nothing. */
    private static @Nullable Payload check(Request request, Message message) {
        String id = message.requestId();
        String header = request.header(ProtocolVersion.HEADER);
        Json.Obj meta = message.params().object("_meta");
        String claim = meta.text(VERSION_CLAIM);
        if (header == null) {
            return mismatch(id, ProtocolVersion.HEADER + " is missing");
        }
        if (claim == null && !header.equals(ProtocolVersion.MODERN)) {
            return Rpc.unsupportedVersion(id, header);
        }
        if (claim == null) {
            return Rpc.error(id, Rpc.INVALID_PARAMS, "_meta." + VERSION_CLAIM + ": expected a string");
        }
        if (!header.equals(claim)) {
            return mismatch(id, ProtocolVersion.HEADER + " is " + header + ", the body says " + claim);
        }
        if (!claim.equals(ProtocolVersion.MODERN)) {
            return Rpc.unsupportedVersion(id, claim);
        }
        if (!meta.hasObject(CAPABILITIES)) {
            return Rpc.error(id, Rpc.INVALID_PARAMS, "_meta." + CAPABILITIES + ": expected an object");
        }
        return checkMirrors(request, message);
    }

    private static @Nullable Payload checkMirrors(Request request, Message message) {
        String method = request.header(METHOD_HEADER);
        if (!message.method().equals(method)) {
            return mismatch(
                    message.requestId(), METHOD_HEADER + " is " + method + ", the body says " + message.method());
        }
        String name = message.params().text("name");
        if (message.method().equals("tools/call") && name != null) {
            String mirrored = decoded(request.header(NAME_HEADER));
            if (!name.equals(mirrored)) {
                return mismatch(message.requestId(), NAME_HEADER + " is " + mirrored + ", the body says " + name);
            }
        }
        return null;
    }

    private static Payload mismatch(String id, String problem) {
        return Rpc.error(id, Rpc.HEADER_MISMATCH, "Header mismatch: " + problem);
    }

    /** A header's value as it was before it was made safe for a header; null if it is absent or its encoding is broken. */
    private static @Nullable String decoded(@Nullable String value) {
        if (value == null || !value.startsWith(ENCODED_PREFIX) || !value.endsWith(ENCODED_SUFFIX)) {
            return value;
        }
        int end = value.length() - ENCODED_SUFFIX.length();
        if (end < ENCODED_PREFIX.length()) {
            return null;
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(value.substring(ENCODED_PREFIX.length(), end));
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static void writeDiscovery(JsonWriter json) {
        json.name("supportedVersions").beginArray();
        ProtocolVersion.ALL.forEach(json::value);
        json.endArray();
        Era.writeIntroduction(json);
        writeCacheHints(json);
    }

    private static void writeCacheHints(JsonWriter json) {
        json.name("ttlMs").value(CACHE_TTL_MILLIS);
        json.name("cacheScope").value("public");
    }
}
