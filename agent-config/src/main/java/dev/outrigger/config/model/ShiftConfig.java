package dev.outrigger.config.model;

import java.time.Duration;
import java.util.List;

/**
 * Moves a route's requests from one upstream to another, step by step.
 *
 * @param from the upstream that has them; gets them all back when the shift is called off
 * @param to the upstream that is to get them
 * @param steps shares that the new upstream gets one after the other, each above the one before, the last is 1
 * @param every how long each step lasts at least
 * @param abortWhen what calls it off
 * @param minCalls calls of the new upstream without which no step is judged
 */
public record ShiftConfig(
        String from, String to, List<Double> steps, Duration every, AbortWhenConfig abortWhen, int minCalls) {
    public ShiftConfig {
        steps = List.copyOf(steps);
    }
}
