package dev.outrigger.upstream;

/**
 * How a call ended that was answered.
 *
 * @param rpcError whether the answer is a JSON-RPC error
 * @param errorCode of a JSON-RPC error, else 0
 * @param toolError whether the answer is a result that says {@code isError}
 */
public record Answer(boolean rpcError, int errorCode, boolean toolError) {}
