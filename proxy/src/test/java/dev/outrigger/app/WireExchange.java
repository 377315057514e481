package dev.outrigger.app;

import java.util.List;

/**
 * A request and its response as they were on the wire, without the framing.
 *
 * @param requestHeaders {@code name: value} as sent and in that order
 * @param status 0 if no response began
 * @param isComplete whether the response came to its proper end
 * @param isLeft whether the client ended the connection before that
 */
record WireExchange(
        String method,
        String path,
        List<String> requestHeaders,
        String requestBody,
        int status,
        List<String> responseHeaders,
        String responseBody,
        boolean isComplete,
        boolean isLeft) {
    /** What was asked, for the message of a failure. */
    String request() {
        return method + ' ' + path + ' ' + requestBody;
    }
}
