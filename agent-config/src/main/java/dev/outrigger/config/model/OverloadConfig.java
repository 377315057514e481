package dev.outrigger.config.model;

import java.time.Duration;

/**
 * When the sidecar refuses new requests to save those under way, and itself.
 *
 * @param maxDirectMemory share of the direct memory that buffers may hold
 * @param maxHeap share of the heap that may be live
 * @param maxLoopStall how late an event loop may be, again and again; zero for any
 */
public record OverloadConfig(double maxDirectMemory, double maxHeap, Duration maxLoopStall) {}
