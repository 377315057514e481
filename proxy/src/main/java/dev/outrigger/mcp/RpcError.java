package dev.outrigger.mcp;

import dev.outrigger.failure.Code;
import dev.outrigger.failure.Failure;

/**
 * What a JSON-RPC error of the proxy's own says, besides whom it answers.
 *
 * @param reason a label, see {@link dev.outrigger.failure.Reason#label()}
 * @param detail what exactly is wrong, without internal addresses; empty: left out
 * @param upstream its name; empty: left out
 * @param retryAfterMillis when to come back; negative: left out
 * @param traceId 32 hexadecimal digits; empty: left out
 */
public record RpcError(
        Code code, String reason, String detail, String upstream, long retryAfterMillis, String traceId) {

    public static RpcError of(Failure failure, String upstream, long retryAfterMillis, String traceId) {
        return new RpcError(
                failure.reason().code(),
                failure.reason().label(),
                failure.detail(),
                upstream,
                retryAfterMillis,
                traceId);
    }
}
