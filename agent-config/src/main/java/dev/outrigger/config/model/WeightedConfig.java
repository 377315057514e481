package dev.outrigger.config.model;

/**
 * An upstream that gets a part of a route's requests.
 *
 * @param upstream the name of an upstream of the same configuration
 * @param weight its part is this to the sum of all; 0 gets only what belongs to it already, such as sessions
 */
public record WeightedConfig(String upstream, int weight) {}
