package dev.outrigger.time;

/** A monotonic clock; only differences have a meaning, and they are compared by subtraction, never by {@code <}. */
@FunctionalInterface
public interface NanoClock {
    NanoClock SYSTEM = System::nanoTime;

    /** Nanoseconds since an arbitrary origin; may be negative. */
    long nanoTime();
}
