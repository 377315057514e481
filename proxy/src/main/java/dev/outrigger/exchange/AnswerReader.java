package dev.outrigger.exchange;

import dev.outrigger.exchange.McpRequests.BodyType;
import dev.outrigger.mcp.ElementSink;
import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.McpScanner;
import dev.outrigger.mcp.McpScanners;
import dev.outrigger.mcp.SseScanner;
import dev.outrigger.mcp.ToolSink;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages in an answer as it passes by: one JSON body, or the events of a stream. Anything else, and everything
 * that is compressed, passes unread.
 */
final class AnswerReader implements SseScanner.Sink, ElementSink, ToolSink {
    /** Who wants to know. */
    interface Listener {
        /** A message; of a batch, each one. */
        void onMessage(McpFacts message);

        /** The first event of an HTTP+SSE stream: where to send requests to. */
        void onEndpoint(String uri);
    }

    private static final int MAX_TOOLS = 10_000;

    private final McpScanners scanners;
    private final Listener listener;
    private final boolean listsTools;
    private Map<String, Integer> tools = Map.of();
    private @Nullable McpScanner json;
    private @Nullable SseScanner events;
    private @Nullable MessageCopy copy;

    private AnswerReader(McpScanners scanners, Listener listener, boolean listsTools) {
        this.scanners = scanners;
        this.listener = listener;
        this.listsTools = listsTools;
    }

    /**
     * The reader that fits an answer; null if there is nothing to read.
     *
     * @param type of the body, as its headers say
     * @param expectsJson whether a JSON body is an answer to an operation, rather than just some JSON
     * @param listsTools whether the answer may list tools, see {@link #tools()}
     */
    static @Nullable AnswerReader of(
            McpScanners scanners,
            Listener listener,
            HttpHeaders headers,
            BodyType type,
            boolean expectsJson,
            boolean listsTools) {
        if (type == BodyType.OTHER || isEncoded(headers)) {
            return null;
        }
        if (type == BodyType.EVENT_STREAM) {
            AnswerReader reader = new AnswerReader(scanners, listener, listsTools);
            reader.events = new SseScanner(scanners, reader);
            if (listsTools) {
                reader.events.tools(reader);
            }
            return reader;
        }
        if (expectsJson) {
            AnswerReader reader = new AnswerReader(scanners, listener, listsTools);
            reader.json = reader.borrow();
            return reader;
        }
        return null;
    }

    private static boolean isEncoded(HttpHeaders headers) {
        String encoding = headers.get(HttpHeaderNames.CONTENT_ENCODING);
        return encoding != null && !HttpHeaderValues.IDENTITY.contentEqualsIgnoreCase(encoding);
    }

    private McpScanner borrow() {
        McpScanner scanner = scanners.borrow();
        scanner.elements(this);
        if (listsTools) {
            scanner.tools(this);
        }
        return scanner;
    }

    /** The events that are read; null if the answer is no event stream. */
    @Nullable
    SseScanner events() {
        return events;
    }

    /** @param wanted gets each message; when one is told, it has got that one */
    void copyTo(MessageCopy wanted) {
        if (events != null) {
            events.copyTo(wanted);
        } else {
            copy = wanted;
        }
    }

    void feed(ByteBuf content) {
        if (events != null) {
            events.feed(content);
        } else if (json != null && !json.facts().isOver()) {
            if (copy != null) {
                copy.add(content);
            }
            json.feed(content);
        }
    }

    /** The answer is whole. */
    void end() {
        if (json != null) {
            json.end();
            if (json.facts().kind() != McpFacts.Kind.BATCH) {
                listener.onMessage(json.facts());
            }
        }
    }

    /** Whether the body is over, and the message in it is not. */
    boolean isCutOff() {
        return json != null && json.facts().problem() == McpFacts.Problem.CUT_OFF;
    }

    /** The tools that the message being told of lists, in its order, with their hints. */
    Map<String, Integer> tools() {
        return tools;
    }

    /** Gives back what was borrowed; may be called again. */
    void release() {
        if (json != null) {
            scanners.give(json);
            json = null;
        }
        if (events != null) {
            events.release();
        }
    }

    @Override
    public void onMessage(McpFacts message) {
        listener.onMessage(message);
        tools = Map.of();
    }

    @Override
    public void onElement(McpFacts element) {
        listener.onMessage(element);
    }

    @Override
    public void onEndpoint(String uri) {
        listener.onEndpoint(uri);
    }

    @Override
    public void onTool(byte[] name, int length, int hints) {
        if (tools.isEmpty()) {
            tools = new LinkedHashMap<>();
        }
        if (tools.size() < MAX_TOOLS) {
            tools.put(new String(name, 0, length, StandardCharsets.UTF_8), hints);
        }
    }
}
