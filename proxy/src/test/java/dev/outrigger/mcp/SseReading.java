package dev.outrigger.mcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a stream says, as a value that can be compared, and the ways to come by it. */
record SseReading(List<String> messages, List<String> endpoints, long events, boolean hasEventId) {
    /** A sink that writes down what it is told. */
    static class Notes implements SseScanner.Sink {
        final List<String> messages = new ArrayList<>();
        final List<String> endpoints = new ArrayList<>();

        @Override
        public void onMessage(McpFacts message) {
            messages.add(describe(message));
        }

        @Override
        public void onEndpoint(String uri) {
            endpoints.add(uri);
        }
    }

    static String describe(McpFacts message) {
        McpMethod method = message.method();
        return message.kind() + " " + (method == null ? "-" : method.label()) + " " + message.idText();
    }

    /** By WHATWG's algorithm; what is JSON-RPC is left to a scanner that gets all data at once. */
    static SseReading naive(byte[] stream) {
        Notes notes = new Notes();
        boolean hasId = false;
        List<NaiveSse.Event> events = NaiveSse.parse(stream).events();
        for (NaiveSse.Event event : events) {
            hasId |= !event.id().isEmpty();
            switch (event.type()) {
                case "message" -> addMessages(event.dataBytes(), notes.messages);
                case "endpoint" -> addEndpoint(event, notes.endpoints);
                default -> {}
            }
        }
        return new SseReading(notes.messages, notes.endpoints, events.size(), hasId);
    }

    static SseReading whole(String stream) {
        return whole(stream.getBytes(StandardCharsets.UTF_8));
    }

    static SseReading whole(byte[] stream) {
        return pieces(new McpScanners(), List.of(Unpooled.wrappedBuffer(stream)));
    }

    static SseReading pieces(McpScanners scanners, List<ByteBuf> pieces) {
        Notes notes = new Notes();
        SseScanner scanner = new SseScanner(scanners, notes);
        pieces.forEach(scanner::feed);
        scanner.release();
        return new SseReading(notes.messages, notes.endpoints, scanner.events(), scanner.hasEventId());
    }

    private static void addMessages(byte[] data, List<String> messages) {
        McpScanner scanner = new McpScanner();
        scanner.elements(element -> messages.add(describe(element)));
        scanner.feed(data, 0, data.length);
        scanner.end();
        switch (scanner.facts().kind()) {
            case REQUEST, NOTIFICATION, RESPONSE -> messages.add(describe(scanner.facts()));
            case NONE, UNDECIDED, BATCH, INVALID -> {}
        }
    }

    private static void addEndpoint(NaiveSse.Event event, List<String> endpoints) {
        byte[] uri = event.dataBytes();
        boolean typeFirst = event.typeAtData().equals("endpoint");
        if (typeFirst
                && uri.length > 0
                && uri.length <= SseScanner.ENDPOINT_LIMIT_BYTES
                && event.data().indexOf('\n') < 0) {
            endpoints.add(new String(uri, StandardCharsets.UTF_8));
        }
    }
}
