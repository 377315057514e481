package dev.outrigger.record;

import java.util.List;

/**
 * One refused request as an operator may see it: enough to find out who sends what, without what could be a secret. Whoever
 * makes it has redacted and shortened everything in it.
 *
 * @param atNanos reading of the loop's clock
 * @param client address and port
 * @param detail what was expected, as the client was told
 * @param requestLine method, target and version as far as they could be read; empty if they could not
 * @param headers lines, in their order
 * @param bytes the first bytes of what could not be read, escaped; empty if all of it could
 */
public record RefusedRequest(
        long atNanos,
        String client,
        RefusalReason reason,
        String detail,
        String requestLine,
        List<String> headers,
        String bytes) {
    public RefusedRequest {
        headers = List.copyOf(headers);
    }
}
