package dev.outrigger.record;

/**
 * One loop's streams or tunnels of one kind at one upstream as they stood at a hand-over.
 *
 * @param active open now
 * @param begun since the start
 * @param events passed since the start; none of a tunnel
 */
public record StreamGauges(int active, long begun, long events) {}
