package dev.outrigger.record;

/**
 * One loop's streams of one kind at one upstream as they stood at a hand-over.
 *
 * @param active open now
 * @param events passed since the start
 */
public record StreamGauges(int active, long events) {}
