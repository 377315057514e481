package dev.outrigger.telemetry;

import java.util.List;

/**
 * Latencies of one upstream, or of one of its tools, over the last closed window.
 *
 * @param server name of the upstream
 * @param tool empty for what is not a tool call
 * @param seconds one value per element of {@link #QUANTILES}, exact to three digits
 */
public record WindowLatency(String server, String tool, List<Double> seconds) {
    /** From the median to the maximum. */
    public static final List<Double> QUANTILES = List.of(0.5, 0.9, 0.99, 0.999, 1.0);

    public WindowLatency {
        seconds = List.copyOf(seconds);
    }
}
