package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WireDiffTest {
    private static final WireExchange EXCHANGE = new WireExchange(
            "POST",
            "/mcp",
            List.of("Host: here", "Accept: */*"),
            "asked",
            200,
            List.of("Date: now"),
            "given",
            true,
            false);

    @Test
    void theSameInAnotherOrderIsNoDifference() {
        WireExchange other = answered(200, "something else", true, false);
        assertEquals(List.of(), WireDiff.between(List.of(EXCHANGE, other), List.of(other, EXCHANGE)));
    }

    @Test
    void whatTheSidecarDocumentsIsNoDifference() {
        List<String> more = List.of("Host: here", "Accept: */*", "X-Request-Id: 1", "traceparent: 00-1-2-01");
        assertEquals(List.of(), WireDiff.between(List.of(EXCHANGE), List.of(asked(more, "asked"))));
    }

    @Test
    void anEventStreamMayLoseItsLength() {
        assertEquals(
                List.of(),
                WireDiff.between(
                        List.of(ofType("text/event-stream")),
                        List.of(ofType("text/event-stream", "Content-Length: 5"))));
        assertEquals(
                1,
                WireDiff.between(List.of(ofType("text/plain")), List.of(ofType("text/plain", "Content-Length: 5")))
                        .size());
    }

    @Test
    void everyByteOfARequestCounts() {
        assertDifferent(EXCHANGE, asked(EXCHANGE.requestHeaders(), "askee"), 2);
        assertDifferent(EXCHANGE, asked(List.of("Host: there", "Accept: */*"), "asked"), 1);
        assertDifferent(EXCHANGE, asked(List.of("Accept: */*", "Host: here"), "asked"), 1);
        assertDifferent(EXCHANGE, asked(List.of("Host: here", "Accept: */*", "X-More: 1"), "asked"), 1);
    }

    @Test
    void everyByteOfAnAnswerCounts() {
        assertDifferent(EXCHANGE, answered(201, "given", true, false), 1);
        assertDifferent(EXCHANGE, answered(200, "given ", true, false), 1);
    }

    @Test
    void howAnAnswerEndsCounts() {
        assertDifferent(EXCHANGE, answered(200, "given", false, false), 1);
        assertDifferent(answered(200, "given", false, false), EXCHANGE, 1);
    }

    @Test
    void whatTheClientLeftMayHaveGoneOn() {
        WireExchange left = answered(200, "gi", false, true);
        assertEquals(List.of(), WireDiff.between(List.of(left), List.of(EXCHANGE)));
        assertDifferent(answered(200, "ga", false, true), EXCHANGE, 1);
    }

    @Test
    void whatIsOnOneSideOnlyIsFound() {
        assertEquals(
                1,
                WireDiff.between(List.of(EXCHANGE, EXCHANGE), List.of(EXCHANGE)).size());
        assertEquals(
                1,
                WireDiff.between(List.of(EXCHANGE), List.of(EXCHANGE, EXCHANGE)).size());
    }

    private static void assertDifferent(WireExchange before, WireExchange behind, int texts) {
        List<String> differences = WireDiff.between(List.of(before), List.of(behind));
        assertEquals(texts, differences.size(), differences::toString);
        assertTrue(differences.get(0).length() > 1);
    }

    private static WireExchange ofType(String type, String... more) {
        List<String> headers = new ArrayList<>(List.of("Content-Type: " + type));
        headers.addAll(List.of(more));
        return new WireExchange("GET", "/mcp", List.of(), "", 200, headers, "given", true, false);
    }

    private static WireExchange asked(List<String> headers, String body) {
        return new WireExchange("POST", "/mcp", headers, body, 200, List.of("Date: now"), "given", true, false);
    }

    private static WireExchange answered(int status, String body, boolean complete, boolean left) {
        return new WireExchange(
                "POST", "/mcp", EXCHANGE.requestHeaders(), "asked", status, List.of("Date: now"), body, complete, left);
    }
}
