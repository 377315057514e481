package dev.outrigger.record;

/**
 * What tells one {@link Timing} from another.
 *
 * @param subject the upstream of a stream, the route of an overhead
 * @param kind of the stream, {@link StreamKind#NONE} for an overhead
 */
public record TimingKey(Measure measure, String subject, StreamKind kind) {

    /** What was timed. */
    public enum Measure {
        /** From a stream's beginning to its end. */
        STREAM,
        /** From a request's first byte to the first event of its answer. */
        FIRST_EVENT,
        /** From a request's first byte to its being handed to an upstream connection. */
        OVERHEAD
    }

    static TimingKey overhead(String route) {
        return new TimingKey(Measure.OVERHEAD, route, StreamKind.NONE);
    }
}
