package dev.outrigger.config.model;

import java.util.List;

/**
 * Which answers count as failures of the upstream. Transport errors, timeouts and answers that break off always do.
 *
 * @param statuses of HTTP: {@code 503}, or {@code 5xx} for a class
 * @param rpcCodes of JSON-RPC errors
 * @param toolErrors whether results that say {@code isError} do
 */
public record FailsOnConfig(List<String> statuses, List<Integer> rpcCodes, boolean toolErrors) {
    /** As without a word about it: what HTTP calls a server's error. */
    public static final FailsOnConfig SERVER_ERRORS = new FailsOnConfig(List.of("5xx"), List.of(), false);

    public FailsOnConfig {
        statuses = List.copyOf(statuses);
        rpcCodes = List.copyOf(rpcCodes);
    }
}
