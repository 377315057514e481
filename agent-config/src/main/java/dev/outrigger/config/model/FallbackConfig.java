package dev.outrigger.config.model;

import java.util.List;

/**
 * What a client gets for a tool call that the upstream has failed.
 *
 * @param body the result, as JSON text in one line
 * @param tools patterns of the tools that it is for
 */
public record FallbackConfig(String body, List<String> tools) {
    public FallbackConfig {
        tools = List.copyOf(tools);
    }
}
