package dev.outrigger.app;

import java.io.IOException;

/** What one call came to, and between which two moments it did. */
record TimedAnswer(long sentNanos, long receivedNanos, WireMessage message, int status, String body) {
    static TimedAnswer to(McpCaller client, Question question) throws IOException {
        long sentNanos = System.nanoTime();
        WireMessage message = question.ask(client);
        String body = message.text();
        return new TimedAnswer(sentNanos, System.nanoTime(), message, message.status(), body);
    }

    boolean isRefusal() {
        return status == 429 || body.contains("\"error\"");
    }

    /** Makes one call. */
    @FunctionalInterface
    interface Question {
        WireMessage ask(McpCaller client) throws IOException;
    }
}
