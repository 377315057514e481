package dev.outrigger.record;

/**
 * What tells one {@link Timing} from another.
 *
 * @param subject the upstream of a stream or an opaque connection, the route of an overhead, the listener of a detection
 * @param kind of the stream, {@link StreamKind#NONE} for everything else
 */
public record TimingKey(Measure measure, String subject, StreamKind kind) {

    /** What was timed. */
    public enum Measure {
        /** From a stream's beginning to its end. */
        STREAM,
        /** From a request's first byte to the first event of its answer. */
        FIRST_EVENT,
        /** From a request's first byte to its being handed to an upstream connection. */
        OVERHEAD,
        /** From an opaque connection's beginning to its end. */
        TCP,
        /** From a connection's beginning to its being known what it speaks. */
        DETECTION
    }

    static TimingKey overhead(String route) {
        return new TimingKey(Measure.OVERHEAD, route, StreamKind.NONE);
    }
}
