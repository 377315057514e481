package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.failure.Code;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a client gets when a stream breaks off at any byte and the proxy writes an error behind it. */
class SseBreakTest {
    private static final String BROKEN = "outrigger.broken";
    private static final byte[] ID = {'7'};

    /** Everything that a server may write, as one may have been recorded, with each kind of line end. */
    private static final String RECORDED = """
            \ufeff: hello
            event: message
            data: {"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":7,"progress":1}}

            id: 4711-a
            retry: 60000
            data:

            event: message
            id: 4711-b
            data: {"jsonrpc":"2.0",
            data:"id":"caf\u00e9 \ud83d\ude00",
            data: "result":{}}

            : keep-alive

            event: endpoint
            data: /message?sessionId=1

            data
            data

            retry: 12345

            data: {"jsonrpc":"2.0","id":8,"result":{"text":"a\\nb"}}
            event: message
            unknown: field
            id

            """;

    @Test
    void leavesTheWholeEventsAndTheErrorAndNothingElseThatCounts() {
        for (String lineEnd : List.of("\n", "\r\n", "\r")) {
            byte[] stream = RECORDED.replace("\n", lineEnd).getBytes(StandardCharsets.UTF_8);
            for (int cut = 0; cut <= stream.length; cut++) {
                checkCut(stream, cut);
            }
        }
    }

    @Test
    void doesSoInAnyStream() {
        for (int seed = 0; seed < 200; seed++) {
            byte[] stream = SseStreams.shards(new Random(seed));
            for (int cut = 0; cut <= stream.length; cut++) {
                checkCut(stream, cut);
            }
        }
    }

    @Test
    void writesNothingBetweenEvents() {
        assertEquals("", breakAfter(""));
        assertEquals("", breakAfter("data: {}\n\n"));
        assertEquals("", breakAfter("data: {}\r\n\r\n"));
        assertEquals("", breakAfter("data: {}\n\n: comment\n"));
    }

    @Test
    void endsTheLineAndTheEvent() {
        assertEquals("\nevent: outrigger.broken\n\n", breakAfter("data: {\"id\""));
        assertEquals("\nevent: outrigger.broken\n\n", breakAfter("event: mess"));
        assertEquals("\nevent: outrigger.broken\n\n", breakAfter("da"));
        assertEquals("\nevent: outrigger.broken\n\n", breakAfter("some-field-of-that-server"));
        assertEquals("event: outrigger.broken\n\n", breakAfter("data: {}\n"));
        assertEquals("event: outrigger.broken\n\n", breakAfter("data: {}\r\n"));
    }

    @Test
    void endsAHalfComment() {
        assertEquals("\n", breakAfter("data: {}\n\n: keep-al"));
        assertEquals("\n", breakAfter(":"));
    }

    /** Harmless where the carriage return was a line end by itself, and what a reader expects who knows only CR LF. */
    @Test
    void completesACarriageReturn() {
        assertEquals("\n", breakAfter("data: {}\r\n\r"));
        assertEquals("\nevent: outrigger.broken\n\n", breakAfter("data: {}\r"));
    }

    @Test
    void takesTheIdOfTheHalfEventBack() {
        assertEquals("id:\nevent: outrigger.broken\n\n", breakAfter("id: 1\n"));
        assertEquals("\nid:\nevent: outrigger.broken\n\n", breakAfter("id: 1"));
        assertEquals("\nid:\nevent: outrigger.broken\n\n", breakAfter("id: 1\ndata: {"));
        assertEquals("event: outrigger.broken\n\n", breakAfter("id: 1\ndata:\n\ndata: {}\n"));
    }

    @Test
    void makesAHalfRetryVoid() {
        assertEquals("-\nevent: outrigger.broken\n\n", breakAfter("retry: 10"));
        assertEquals("event: outrigger.broken\n\n", breakAfter("retry: 10\n"));
    }

    private static void checkCut(byte[] stream, int cut) {
        byte[] head = Arrays.copyOf(stream, cut);
        SseReading.Notes notes = new SseReading.Notes();
        SseScanner scanner = new SseScanner(new McpScanners(), notes);
        scanner.feed(Unpooled.wrappedBuffer(head));
        ByteBuf out = Unpooled.buffer().writeBytes(head);
        int written = scanner.writeBreak(out);
        assertEquals(out.writerIndex() - cut, written);
        SseEvents.writeError(out, ID, 1, new RpcError(Code.BROKEN_OFF, "closed_in_response", "", "app", -1, ""));

        NaiveSse before = NaiveSse.parse(head);
        NaiveSse after = NaiveSse.parse(bytes(out));
        int whole = before.events().size();
        assertEquals(before.events(), after.events().subList(0, whole), "cut at " + cut);
        List<NaiveSse.Event> added =
                after.events().subList(whole, after.events().size());
        NaiveSse.Event error = added.get(added.size() - 1);
        assertEquals("message", error.type());
        assertTrue(error.data().startsWith("{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":10009,"), error.data());
        assertEquals("", error.id());
        for (NaiveSse.Event broken : added.subList(0, added.size() - 1)) {
            assertEquals(1, added.size() - 1);
            assertEquals(BROKEN, broken.type(), "cut at " + cut);
            assertEquals("", broken.id(), "cut at " + cut);
        }
        assertEquals(before.retries(), after.retries(), "cut at " + cut);
    }

    private static String breakAfter(String stream) {
        SseScanner scanner = new SseScanner(new McpScanners(), new SseReading.Notes());
        scanner.feed(Unpooled.copiedBuffer(stream, StandardCharsets.UTF_8));
        ByteBuf out = Unpooled.buffer();
        scanner.writeBreak(out);
        assertEquals(scanner.isBetweenEvents(), !out.isReadable());
        return out.toString(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(ByteBuf buffer) {
        return Arrays.copyOf(buffer.array(), buffer.writerIndex());
    }
}
