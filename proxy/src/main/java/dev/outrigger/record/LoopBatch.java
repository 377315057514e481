package dev.outrigger.record;

import java.util.List;

/**
 * What a loop hands to the sampler.
 *
 * @param parts the series that were touched since the last time, each once; their intervals belong to the receiver until it
 *     hands them back, cleared
 * @param timings other durations, likewise
 */
public record LoopBatch(List<Part> parts, List<Timed> timings, LoopGauges gauges) {

    /** One series' share. */
    public record Part(SeriesKey key, Interval interval) {}

    /** One timing's share. */
    public record Timed(TimingKey key, Interval interval) {}
}
