package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseScannerTest {
    private static final String RESULT = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}";
    private static final String PROGRESS = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}";
    private static final List<String> ONE_RESULT = List.of("RESPONSE - 1");

    private final McpScanners scanners = new McpScanners();
    private final SseReading.Notes notes = new SseReading.Notes();
    private final SseScanner scanner = new SseScanner(scanners, notes);

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void tellsOfAMessageWithAnyLineEnd(String lineEnd) {
        feed("event: message" + lineEnd + "data: " + RESULT + lineEnd);
        assertEquals(List.of(), notes.messages);

        feed(lineEnd);
        assertEquals(ONE_RESULT, notes.messages);
        assertEquals(1, scanner.events());
    }

    @Test
    void takesAnEventWithoutATypeForAMessage() {
        feed("data:" + RESULT + "\n\nevent:\ndata:" + RESULT + "\n\n");

        assertEquals(List.of("RESPONSE - 1", "RESPONSE - 1"), notes.messages);
    }

    @Test
    void leavesEventsOfOtherTypesAlone() {
        feed("event: ping\ndata: " + RESULT + "\n\ndata: " + RESULT + "\nevent: outrigger.broken\n\n");

        assertEquals(List.of(), notes.messages);
        assertEquals(2, scanner.events());
    }

    @Test
    void letsTheLastTypeCount() {
        feed("event: ping\ndata: " + RESULT + "\nevent: message\n\n");

        assertEquals(ONE_RESULT, notes.messages);
    }

    @Test
    void joinsTheLinesOfData() {
        feed("data: {\"id\":\ndata: 1,\"result\":\ndata:{}}\n\n");
        assertEquals(ONE_RESULT, notes.messages);

        feed("data: {\"id\":2,\"result\":{\"text\":\"cut\ndata: in a string\"}}\n\n");
        assertEquals(ONE_RESULT, notes.messages, "a line end in a string is not JSON");
    }

    @Test
    void skipsAByteOrderMarkOnlyAtTheStart() {
        feed("\ufeffdata: " + RESULT + "\n\n\ufeffdata: " + RESULT + "\n\n");

        assertEquals(ONE_RESULT, notes.messages);
        assertEquals(1, scanner.events());
    }

    @Test
    void tellsOfEachMessageOfABatch() {
        feed("data: [" + RESULT + "," + PROGRESS + "]\n\n");

        assertEquals(List.of("RESPONSE - 1", "NOTIFICATION notifications/progress null"), notes.messages);
    }

    @Test
    void leavesABatchOfAnotherTypeAlone() {
        feed("event: other\ndata: [" + RESULT + "," + PROGRESS + "]\n\n");

        assertEquals(List.of(), notes.messages);
    }

    @Test
    void tellsOfToolsThatAMessageLists() {
        List<String> tools = new ArrayList<>();
        scanner.tools((name, length, hints) -> tools.add(new String(name, 0, length, StandardCharsets.UTF_8)));

        feed("data: {\"id\":1,\"result\":{\"tools\":[{\"name\":\"echo\"},{\"name\":\"add\"}]}}\n\n");

        assertEquals(List.of("echo", "add"), tools);
        assertEquals(ONE_RESULT, notes.messages);
    }

    @Test
    void passesOverDataThatIsNoMessage() {
        String deep = "[".repeat(100_000);
        feed("data: hello\n\ndata: {\"id\":\n\ndata:" + deep + "\n\ndata\n\ndata: {}\n\ndata: " + RESULT + "\n\n");

        assertEquals(ONE_RESULT, notes.messages);
        assertEquals(6, scanner.events());
    }

    @Test
    void countsAPrimingEventAndItsId() {
        feed("id: 4711\n");
        assertFalse(scanner.hasEventId());
        feed("data:\n\n");

        assertTrue(scanner.hasEventId());
        assertEquals(1, scanner.events());
        assertEquals(List.of(), notes.messages);
    }

    @Test
    void knowsNoIdThatIsEmptyOrVoidOrWithoutAnEvent() {
        feed("id\ndata: 1\n\nid:\ndata: 1\n\nid: a\u0000b\ndata: 1\n\nid: 1\n\nid: 1\nid:\ndata: 1\n\n");
        assertFalse(scanner.hasEventId());

        feed("id: 1\nid: \u0000\ndata: 1\n\n");
        assertTrue(scanner.hasEventId(), "a void field does not take the id back");
    }

    @Test
    void tellsOfTheEndpoint() {
        feed("event: endpoint\ndata: /message?session");
        feed("Id=1\n\ndata: " + RESULT + "\n\n");

        assertEquals(List.of("/message?sessionId=1"), notes.endpoints);
        assertEquals(ONE_RESULT, notes.messages);
    }

    @Test
    void ignoresAnEndpointThatIsEmptyOrSeveralLinesOrTooLong() {
        String longest = "/" + "x".repeat(SseScanner.ENDPOINT_LIMIT_BYTES - 1);
        feed("event: endpoint\ndata:\n\nevent: endpoint\ndata: /a\ndata: /b\n\nevent: endpoint\n\n");
        feed("event: endpoint\ndata: " + longest + "x\n\nevent: endpoint\ndata: " + longest + "\n\n");

        assertEquals(List.of(longest), notes.endpoints);
    }

    @Test
    void isBetweenEventsOnlyWhereACommentMayBePutIn() {
        assertTrue(scanner.isBetweenEvents(), "before the first byte");
        for (String part : List.of("d", "ata", ":", " {}", "\n", "event: x\n", ": comment")) {
            feed(part);
            assertFalse(scanner.isBetweenEvents(), part);
        }
        feed("\n\n");
        assertTrue(scanner.isBetweenEvents());
        feed(": comm");
        assertFalse(scanner.isBetweenEvents());
        feed("ent\n");
        assertTrue(scanner.isBetweenEvents());
        feed("\r");
        assertFalse(scanner.isBetweenEvents(), "a line feed may belong to it");
        feed("\n");
        assertTrue(scanner.isBetweenEvents());
    }

    @Test
    void isNotBetweenEventsWithinAByteOrderMark() {
        scanner.feed(Unpooled.wrappedBuffer(new byte[] {(byte) 0xef, (byte) 0xbb}));
        assertFalse(scanner.isBetweenEvents());

        scanner.feed(Unpooled.wrappedBuffer(new byte[] {(byte) 0xbf}));
        assertTrue(scanner.isBetweenEvents());
    }

    @Test
    void holdsAScannerOnlyWhileAnEventHasData() {
        McpScanner lent = scanners.borrow();
        scanners.give(lent);

        feed("event: message\nid: 1\ndata:\n\nevent: message\n");
        assertEquals(1, scanners.free());
        feed("data: {");
        assertEquals(0, scanners.free());
        feed("}\n\n");
        assertEquals(1, scanners.free());
    }

    @Test
    void givesBackWhatItHoldsAndReadsNoMoreOnceReleased() {
        feed("data: {");
        scanner.release();
        scanner.release();
        assertEquals(1, scanners.free());

        feed("}\n\ndata: " + RESULT + "\n\n");
        assertEquals(List.of(), notes.messages);
        assertEquals(1, scanners.free());
    }

    @Test
    void canBeReleasedByTheSink() {
        String stream = "data: " + RESULT + "\n\ndata: " + RESULT + "\n\n";
        assertEquals(1, messagesUntilReleased(stream));
        assertEquals(1, scanners.free());

        String batch = "data: [" + RESULT + "," + RESULT + "]\n\ndata: " + RESULT + "\n\n";
        assertEquals(2, messagesUntilReleased(batch));
        assertEquals(1, scanners.free());
    }

    @Test
    void givesItsScannerBackWhenTheSinkFails() {
        SseScanner failing = new SseScanner(scanners, new SseReading.Notes() {
            @Override
            public void onMessage(McpFacts message) {
                throw new IllegalStateException("the sink's own defect");
            }
        });
        ByteBuf stream = Unpooled.copiedBuffer("data: " + RESULT + "\n\n", StandardCharsets.UTF_8);

        assertThrows(IllegalStateException.class, () -> failing.feed(stream));
        assertEquals(1, scanners.free());
    }

    @Test
    void survivesASinkThatReadsAnotherStream() {
        String text = "data: " + RESULT + "\n\n";
        ByteBuf stream = Unpooled.directBuffer();
        stream.writeCharSequence(text.repeat(3), StandardCharsets.UTF_8);
        ByteBuf other = Unpooled.directBuffer();
        other.writeCharSequence(": " + "#".repeat(McpScanner.WINDOW_BYTES) + "\n", StandardCharsets.UTF_8);
        SseReading.Notes outer = new SseReading.Notes() {
            @Override
            public void onMessage(McpFacts message) {
                super.onMessage(message);
                new SseScanner(scanners, notes).feed(other);
            }
        };
        try {
            new SseScanner(scanners, outer).feed(stream);
            assertEquals(3, outer.messages.size());
        } finally {
            stream.release();
            other.release();
        }
    }

    @Test
    void leavesTheBufferAsItIs() {
        ByteBuf stream =
                Unpooled.copiedBuffer("xxdata: 1\n\nxx", StandardCharsets.UTF_8).setIndex(2, 11);

        scanner.feed(stream);

        assertEquals(2, stream.readerIndex());
        assertEquals(11, stream.writerIndex());
        assertEquals(1, stream.refCnt());
        assertEquals(1, scanner.events());
    }

    private int messagesUntilReleased(String stream) {
        SseScanner[] released = new SseScanner[1];
        SseReading.Notes counting = new SseReading.Notes() {
            @Override
            public void onMessage(McpFacts message) {
                super.onMessage(message);
                released[0].release();
            }
        };
        released[0] = new SseScanner(scanners, counting);
        released[0].feed(Unpooled.copiedBuffer(stream, StandardCharsets.UTF_8));
        return counting.messages.size();
    }

    private void feed(String stream) {
        scanner.feed(Unpooled.copiedBuffer(stream, StandardCharsets.UTF_8));
    }
}
