package dev.outrigger.transport;

/**
 * How much of a head is accepted.
 *
 * @param requestLineBytes longest request line; beyond it 414
 * @param headerBytes all header lines together; beyond it 431
 * @param headers number of header lines; beyond it 431
 */
public record HttpLimits(int requestLineBytes, int headerBytes, int headers) {}
