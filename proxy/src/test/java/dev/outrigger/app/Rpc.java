package dev.outrigger.app;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** JSON-RPC messages as text. Ids are JSON as they stand: {@code 1} and {@code "1"} differ. */
final class Rpc {
    static final String MODERN = "2026-07-28";

    private static final Pattern STRING = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

    private Rpc() {}

    /** @param params a JSON object, or empty for none */
    static String request(String id, String method, String params) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + "," + methodAndParams(method, params);
    }

    static String notification(String method, String params) {
        return "{\"jsonrpc\":\"2.0\"," + methodAndParams(method, params);
    }

    private static String methodAndParams(String method, String params) {
        return "\"method\":\"" + method + "\"" + (params.isEmpty() ? "" : ",\"params\":" + params) + "}";
    }

    /** A legacy tool call. */
    static String call(String id, String tool) {
        return request(id, "tools/call", "{\"name\":\"" + tool + "\",\"arguments\":{}}");
    }

    /** A tool call of the modern era. */
    static String modernCall(String id, String tool) {
        return request(id, "tools/call", "{\"name\":\"" + tool + "\",\"arguments\":{}," + modernMeta() + "}");
    }

    /** A member {@code _meta} of params, as the modern era asks for. */
    static String modernMeta() {
        return "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"" + MODERN
                + "\",\"io.modelcontextprotocol/clientCapabilities\":{}}";
    }

    static String initialize(String id) {
        return request(
                id,
                "initialize",
                "{\"protocolVersion\":\"2025-03-26\",\"capabilities\":{},\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}");
    }

    static String result(String id, String result) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + result + "}";
    }

    static String error(String id, int code) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"error\":{\"code\":" + code + ",\"message\":\"no\"}}";
    }

    static String progress(String token) {
        return notification("notifications/progress", "{\"progressToken\":" + token + ",\"progress\":1}");
    }

    /** The id as it stands in the text; empty without one. The messages of these tests hold no other member of that name. */
    static String idOf(String message) {
        Matcher id =
                Pattern.compile("\"id\"\\s*:\\s*(" + STRING + "|[-+.0-9eE]+)").matcher(message);
        return id.find() ? id.group(1) : "";
    }

    static String methodOf(String message) {
        return memberOf(message, "method");
    }

    /** The first string member of a name, wherever it stands; empty without one. */
    static String memberOf(String message, String name) {
        Matcher member = Pattern.compile("\"" + Pattern.quote(name) + "\"\\s*:\\s*" + STRING)
                .matcher(message);
        return member.find() ? member.group(1) : "";
    }
}
