package dev.outrigger.warmup;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The exchanges of the warm-up: what MCP clients and servers of both eras say most, in about the proportion in which they
 * say it, and the refusal that every sidecar gives now and then.
 *
 * <p>Both stubs know each text by heart and look only for its end. A parser of HTTP would have to be compiled too, at the
 * expense of what is to be compiled.
 */
final class Script {
    /** Of all exchanges but the refused one; one character follows that tells the server which one it is. */
    static final String PATH = "/mcp";

    private static final int GET_KEY = ("GET " + PATH + "/").length();
    private static final int POST_KEY = ("POST " + PATH + "/").length();
    /** As many bytes as tell which request it is. */
    static final int LONGEST_KEY = POST_KEY + 1;

    private static final String HOST = "Host: localhost\r\nUser-Agent: outrigger-warm-up\r\n";
    private static final String JSON_AND_EVENTS =
            "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n";
    private static final String SESSION = "Mcp-Session-Id: 6d0c7b52-2a3e-4f0e-9a44-0b3f1c2d5e66\r\n";
    private static final String LEGACY = "MCP-Protocol-Version: 2025-11-25\r\n" + SESSION;
    private static final String TRACE = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n";
    private static final String CALL_END = "\"id\":7}";
    private static final String CHUNKS_END = "\r\n0\r\n\r\n";
    private static final String HEAD_END = "\r\n\r\n";
    /** More than a loop reads at once, so that an answer comes in pieces. */
    private static final int LARGE_CHARACTERS = 12_000;

    private static final Step INITIALIZE =
            new Step(post('i', "", message("initialize", """
                    "params":{"protocolVersion":"2025-11-25","capabilities":{"roots":{"listChanged":true}},\
                    "clientInfo":{"name":"outrigger-warm-up","version":"1.0.0"}}""")), CALL_END, json(SESSION, """
                    {"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{"listChanged":true}},\
                    "serverInfo":{"name":"outrigger-warm-up","version":"1.0.0"}},"jsonrpc":"2.0","id":7}"""), CALL_END, false);
    private static final Step INITIALIZED = new Step(
            post('n', LEGACY, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}"),
            "initialized\"}",
            "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n",
            HEAD_END,
            false);
    private static final Step LIST = new Step(
            post('l', LEGACY, message("tools/list", "\"params\":{}")), CALL_END, json("", """
                    {"result":{"tools":[{"name":"look-up","description":"Looks up an entry.","inputSchema":{"type":"object",\
                    "properties":{"key":{"type":"string"}},"required":["key"]}},{"name":"store","description":"Stores one.",\
                    "inputSchema":{"type":"object","properties":{"key":{"type":"string"},"value":{"type":"string"}}}}]},\
                    "jsonrpc":"2.0","id":7}"""), CALL_END, false);
    private static final Step LEGACY_CALL =
            new Step(post('c', LEGACY, call("look-up", "")), CALL_END, json("", result("legacy")), CALL_END, false);
    private static final Step LEGACY_CHUNKED = new Step(
            post('k', LEGACY + TRACE, call("look-up", "")),
            CALL_END,
            chunked("application/json", result("chunked")),
            CHUNKS_END,
            false);
    private static final Step LARGE = new Step(
            post('g', LEGACY, call("store", "")),
            CALL_END,
            json("", result("0123456789 ".repeat(LARGE_CHARACTERS / 11))),
            CALL_END,
            false);
    private static final Step EVENTS = new Step(
            post('e', LEGACY, call("look-up", ",\"_meta\":{\"progressToken\":7}")),
            CALL_END,
            chunked("text/event-stream", """
                    event: message
                    data: {"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":7,"progress":1}}

                    event: message
                    data: %s

                    """.replace("%s", result("events"))),
            CHUNKS_END,
            false);
    private static final Step MODERN_CALL = modernCall('m', "");
    private static final Step MODERN_TRACED = modernCall('t', TRACE);
    /** The server closes after it, so that connecting to a server is exercised too. */
    private static final Step PLAIN = new Step(
            "GET " + PATH + "/p HTTP/1.1\r\n" + HOST + "Accept: */*\r\n\r\n",
            HEAD_END,
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\nConnection: close\r\n\r\nfine",
            "fine",
            true);

    /** No route: answered by the proxy itself. */
    private static final Step REFUSED =
            new Step("GET /refused HTTP/1.1\r\n" + HOST + "\r\n", HEAD_END, "", "\"}}", false);

    /** One round. The session is opened at its beginning, once more each time. */
    static final List<Step> ROUND = List.of(
            INITIALIZE,
            INITIALIZED,
            LIST,
            LEGACY_CALL,
            MODERN_CALL,
            LEGACY_CALL,
            MODERN_TRACED,
            EVENTS,
            LEGACY_CALL,
            MODERN_CALL,
            LEGACY_CHUNKED,
            MODERN_CALL,
            LARGE,
            LEGACY_CALL,
            MODERN_CALL,
            PLAIN,
            LEGACY_CALL,
            MODERN_CALL,
            EVENTS,
            REFUSED);

    private Script() {}

    /** What the server has to say to a request, by the first bytes of it. */
    static Step of(ByteBuffer request) {
        int at = request.get(0) == 'G' ? GET_KEY : POST_KEY;
        for (Step step : ROUND) {
            if (step.key(at) == request.get(at)) {
                return step;
            }
        }
        throw new IllegalStateException("nobody asked for " + (char) request.get(at));
    }

    private static Step modernCall(char key, String headers) {
        String meta = ",\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
                + "\"io.modelcontextprotocol/clientInfo\":{\"name\":\"outrigger-warm-up\",\"version\":\"1.0.0\"},"
                + "\"io.modelcontextprotocol/clientCapabilities\":{}}";
        String modern = "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: look-up\r\n";
        return new Step(
                post(key, modern + headers, call("look-up", meta)),
                CALL_END,
                json("", result("modern")),
                CALL_END,
                false);
    }

    private static String call(String tool, String meta) {
        return message(
                "tools/call",
                "\"params\":{\"name\":\"" + tool + "\",\"arguments\":{\"key\":\"0123456789\",\"depth\":3}" + meta
                        + "}");
    }

    /** Clients send the id last. */
    private static String message(String method, String params) {
        return "{\"jsonrpc\":\"2.0\",\"method\":\"" + method + "\"," + params + ",\"id\":7}";
    }

    private static String result(String text) {
        return "{\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"" + text
                + "\"}],\"isError\":false},\"jsonrpc\":\"2.0\",\"id\":7}";
    }

    private static String post(char key, String headers, String body) {
        return "POST " + PATH + "/" + key + " HTTP/1.1\r\n" + HOST + JSON_AND_EVENTS + headers + "Content-Length: "
                + body.length() + "\r\n\r\n" + body;
    }

    private static String json(String headers, String body) {
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + headers + "Content-Length: " + body.length()
                + "\r\n\r\n" + body;
    }

    private static String chunked(String type, String body) {
        return "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nTransfer-Encoding: chunked\r\n\r\n"
                + Integer.toHexString(body.length()) + "\r\n" + body + CHUNKS_END;
    }

    /** One exchange. Identity is what tells one from the other. */
    static final class Step {
        private final byte[] request;
        private final byte[] requestEnd;
        private final byte[] answer;
        private final byte[] answerEnd;
        private final boolean closes;

        private Step(String request, String requestEnd, String answer, String answerEnd, boolean closes) {
            this.request = bytes(request);
            this.requestEnd = bytes(requestEnd);
            this.answer = bytes(answer);
            this.answerEnd = bytes(answerEnd);
            this.closes = closes;
        }

        private static byte[] bytes(String text) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }

        byte[] request() {
            return request;
        }

        /** By which the server knows that it has all of the request. */
        byte[] requestEnd() {
            return requestEnd;
        }

        /** Empty if it is the proxy's own. */
        byte[] answer() {
            return answer;
        }

        /** By which the client knows that it has all of the answer. */
        byte[] answerEnd() {
            return answerEnd;
        }

        /** Whether the server closes its connection after the answer. */
        boolean closes() {
            return closes;
        }

        private byte key(int at) {
            return request[at];
        }
    }
}
