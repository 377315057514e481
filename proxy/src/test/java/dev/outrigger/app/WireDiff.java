package dev.outrigger.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Compares what was on the wire before the sidecar with what was behind it; everything has to be the same, but for headers. */
final class WireDiff {
    /**
     * What the sidecar may change in a request: the addresses, ids and trace that it adds, and what is meant for one
     * connection only (RFC 9110 §7.6.1, and the upgrade to HTTP/2 that the JDK's client offers).
     */
    static final Set<String> REQUEST_HEADERS = Set.of(
            "x-forwarded-for",
            "x-forwarded-proto",
            "x-request-id",
            "traceparent",
            "tracestate",
            "connection",
            "keep-alive",
            "transfer-encoding",
            "te",
            "proxy-connection",
            "upgrade",
            "http2-settings");

    /** What it may change in a response: what is meant for one connection only. */
    static final Set<String> RESPONSE_HEADERS = Set.of("connection", "keep-alive", "transfer-encoding");

    /** May go from an event stream, as the sidecar must be free to end one by an event of its own. */
    static final String EVENT_STREAM_HEADER = "content-length";

    private static final String EVENT_STREAM = "content-type: text/event-stream";
    private static final int SHOWN = 300;

    private final List<WireExchange> behind;
    private final List<String> differences = new ArrayList<>();

    private WireDiff(List<WireExchange> behind) {
        this.behind = new ArrayList<>(behind);
    }

    /**
     * One text per exchange that has no counterpart. An exchange that the client left matches one whose response begins
     * like what the client got, as nobody can tell how much more was under way; one that it left before anything came back
     * need not have been passed on.
     *
     * @param before between the client and the sidecar
     * @param behind between the sidecar and the server
     */
    static List<String> between(List<WireExchange> before, List<WireExchange> behind) {
        WireDiff diff = new WireDiff(behind);
        before.stream().filter(exchange -> !exchange.isLeft()).forEach(diff::match);
        before.stream().filter(WireExchange::isLeft).forEach(diff::match);
        diff.behind.forEach(rest -> diff.differences.add("only behind the sidecar: " + shown(rest)));
        return diff.differences;
    }

    private void match(WireExchange before) {
        for (WireExchange candidate : behind) {
            if (difference(before, candidate).isEmpty()) {
                behind.remove(candidate);
                return;
            }
        }
        for (WireExchange candidate : behind) {
            if (candidate.request().equals(before.request())) {
                behind.remove(candidate);
                differences.add(
                        difference(before, candidate) + "\n  in " + shown(before) + "\n  and " + shown(candidate));
                return;
            }
        }
        if (!before.isLeft() || before.status() != 0) {
            differences.add("only before the sidecar: " + shown(before));
        }
    }

    /** The first difference in words, or nothing. */
    private static String difference(WireExchange before, WireExchange behind) {
        if (!before.request().equals(behind.request())) {
            return "another request";
        }
        List<String> asked = without(REQUEST_HEADERS, before.requestHeaders());
        List<String> passed = without(REQUEST_HEADERS, behind.requestHeaders());
        if (!asked.equals(passed)) {
            return "request headers " + asked + "\n  are not " + passed;
        }
        return before.isLeft() && before.status() == 0 ? "" : answerDifference(before, behind);
    }

    private static String answerDifference(WireExchange before, WireExchange behind) {
        if (before.status() != behind.status()) {
            return "status " + before.status() + " is not " + behind.status();
        }
        List<String> got = answerHeaders(before);
        List<String> sent = answerHeaders(behind);
        if (!got.equals(sent)) {
            return "response headers " + got + "\n  are not " + sent;
        }
        String body = before.responseBody();
        boolean same = before.isLeft()
                ? behind.responseBody().startsWith(body)
                : behind.responseBody().equals(body);
        if (!same) {
            return "the bodies differ";
        }
        return before.isLeft() || before.isComplete() == behind.isComplete() ? "" : "only one came to a proper end";
    }

    private static List<String> answerHeaders(WireExchange exchange) {
        List<String> headers = without(RESPONSE_HEADERS, exchange.responseHeaders());
        boolean stream = headers.stream()
                .anyMatch(header -> header.toLowerCase(Locale.ROOT).startsWith(EVENT_STREAM));
        return stream ? without(Set.of(EVENT_STREAM_HEADER), headers) : headers;
    }

    private static List<String> without(Set<String> names, List<String> headers) {
        return headers.stream()
                .filter(header ->
                        !names.contains(header.substring(0, header.indexOf(':')).toLowerCase(Locale.ROOT)))
                .toList();
    }

    private static String shown(WireExchange exchange) {
        String ending = exchange.isComplete() ? "" : exchange.isLeft() ? " (left by the client)" : " (broken off)";
        return limited(exchange.request()) + " -> " + exchange.status() + ' ' + limited(exchange.responseBody())
                + ending;
    }

    private static String limited(String text) {
        return text.length() <= SHOWN
                ? text
                : text.substring(0, SHOWN / 2) + " … " + text.substring(text.length() - SHOWN / 2);
    }
}
