package dev.outrigger.soak;

import java.util.List;
import java.util.Map;

/**
 * All that a run has come to.
 *
 * @param facts of the run itself, for whoever reads the report
 * @param samples of what the sidecar takes up, in order
 * @param problems that end the run as failed, in words
 */
record Findings(
        Map<String, String> facts,
        Tally tally,
        Scrape scrape,
        List<FaultRecord> faults,
        List<Sample> samples,
        List<Check> checks,
        List<String> problems) {
    boolean isFine() {
        return problems.isEmpty();
    }

    /** At the start of the load, in the middle and at the end. */
    List<Sample> threeSamples() {
        return List.of(samples.get(0), samples.get(samples.size() / 2), samples.get(samples.size() - 1));
    }
}
