package dev.outrigger.record;

import io.netty.util.AsciiString;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Continues a caller's W3C trace context or begins one, and decides whether the exchange is sampled.
 *
 * <p>After <a href="https://www.w3.org/TR/trace-context-2/">Trace Context Level 2</a>: {@code traceparent} is read strictly,
 * a header of a later version as far as this version knows it, and anything else is as if it were absent, in which case
 * {@code tracestate} is dropped as well. A caller's sampling decision is always kept. Where the trace begins here, the
 * sampled ones are chosen by the random low 56 bits of the trace id, so that every participant with the same ratio chooses
 * the same ones (OpenTelemetry's consistent probability sampling).
 *
 * <p>One instance per loop, because of the random source. Allocates nothing but the outgoing header value.
 */
public final class TraceContext {
    private static final int LENGTH = 55;
    private static final int TRACE_ID_AT = 3;
    private static final int SPAN_ID_AT = 36;
    private static final int FLAGS_AT = 53;
    private static final int SAMPLED = 0x01;
    private static final int RANDOM = 0x02;
    private static final long RANDOMNESS_MASK = (1L << 56) - 1;

    private final RandomGenerator random;
    /** Trace ids whose randomness is at least this are sampled. */
    private long threshold;

    /**
     * @param sampleRatio share of the traces begun here that are sampled, 0 to 1
     * @param random source of ids; need not be cryptographic, must not be shared with another thread
     */
    public TraceContext(double sampleRatio, RandomGenerator random) {
        this.random = random;
        this.threshold = threshold(sampleRatio);
    }

    /**
     * Samples another share of the traces that begin from now on.
     *
     * @param sampleRatio 0 to 1
     */
    public void sample(double sampleRatio) {
        threshold = threshold(sampleRatio);
    }

    private static long threshold(double sampleRatio) {
        return (RANDOMNESS_MASK + 1) - Math.round(sampleRatio * (RANDOMNESS_MASK + 1));
    }

    /**
     * Sets the trace fields of a record.
     *
     * @param traceparent header value, null if absent
     * @param tracestate all header values joined by commas, null if absent
     */
    public void start(ExchangeRecord record, @Nullable CharSequence traceparent, @Nullable String tracestate) {
        record.spanId = nonZero();
        if (traceparent == null || !isWellFormed(traceparent) || !continueTrace(record, traceparent)) {
            begin(record);
            return;
        }
        record.traceState = tracestate == null ? null : TraceState.bounded(tracestate);
    }

    /**
     * Continues the trace of the request's {@code _meta} instead of the one of its headers. A context that {@link #start} has
     * taken from the headers becomes the link: HTTP's trace and the message's are independent of each other, and the message's
     * is the caller's own. Without effect if the header of the {@code _meta} is not well-formed.
     *
     * @param record already started
     * @param traceparent as it stands in {@code _meta}
     * @param tracestate as it stands in {@code _meta}, null if absent
     */
    public void startFromMeta(ExchangeRecord record, CharSequence traceparent, @Nullable String tracestate) {
        long high = record.traceIdHigh;
        long low = record.traceIdLow;
        long parent = record.parentSpanId;
        boolean sampled = record.sampled;
        if (!isWellFormed(traceparent) || !continueTrace(record, traceparent)) {
            return;
        }
        record.traceState = tracestate == null ? null : TraceState.bounded(tracestate);
        boolean same = high == record.traceIdHigh && low == record.traceIdLow && parent == record.parentSpanId;
        // A client that says the same in both places has one context, and nothing is left to be linked.
        if (parent != 0 && !same) {
            record.linkTraceIdHigh = high;
            record.linkTraceIdLow = low;
            record.linkSpanId = parent;
            record.linkSampled = sampled;
        }
    }

    /** An id for the span of a call, see {@link ExchangeRecord#newCall}. */
    public long newSpanId() {
        return nonZero();
    }

    /** The {@code traceparent} to send on: the trace with the sidecar's own span as the parent. */
    public AsciiString traceparent(ExchangeRecord record) {
        byte[] text = new byte[LENGTH];
        text[0] = '0';
        text[1] = '0';
        text[2] = '-';
        Hex.write(record.traceIdHigh, text, TRACE_ID_AT);
        Hex.write(record.traceIdLow, text, TRACE_ID_AT + 16);
        text[SPAN_ID_AT - 1] = '-';
        Hex.write(record.spanId, text, SPAN_ID_AT);
        text[FLAGS_AT - 1] = '-';
        text[FLAGS_AT] = '0';
        text[FLAGS_AT + 1] = (byte) ('0' + (record.sampled ? SAMPLED : 0) + (record.traceIdRandom ? RANDOM : 0));
        return new AsciiString(text, false);
    }

    /** The trace's id in 32 digits; empty if the record has no trace. */
    public static String traceIdHex(ExchangeRecord record) {
        return record.spanId == 0 ? ExchangeRecord.NONE : Hex.of(record.traceIdHigh, record.traceIdLow);
    }

    /** The sidecar's span in 16 digits; empty if the record has no trace. */
    public static String spanIdHex(ExchangeRecord record) {
        return record.spanId == 0 ? ExchangeRecord.NONE : Hex.of(record.spanId);
    }

    private long nonZero() {
        long id;
        do {
            id = random.nextLong();
        } while (id == 0);
        return id;
    }

    /** False if an id is all zeros, which is invalid; nothing was set then. */
    private static boolean continueTrace(ExchangeRecord record, CharSequence traceparent) {
        long high = Hex.parse(traceparent, TRACE_ID_AT, 16);
        long low = Hex.parse(traceparent, TRACE_ID_AT + 16, 16);
        long parent = Hex.parse(traceparent, SPAN_ID_AT, 16);
        if ((high | low) == 0 || parent == 0) {
            return false;
        }
        long flags = Hex.parse(traceparent, FLAGS_AT, 2);
        record.traceIdHigh = high;
        record.traceIdLow = low;
        record.parentSpanId = parent;
        record.sampled = (flags & SAMPLED) != 0;
        record.traceIdRandom = (flags & RANDOM) != 0;
        return true;
    }

    private void begin(ExchangeRecord record) {
        record.traceIdHigh = random.nextLong();
        record.traceIdLow = nonZero();
        record.parentSpanId = 0;
        record.sampled = (record.traceIdLow & RANDOMNESS_MASK) >= threshold;
        record.traceIdRandom = true;
        record.traceState = null;
    }

    private static boolean isWellFormed(CharSequence text) {
        return isFramed(text)
                && Hex.isHex(text, 0, 2)
                && Hex.isHex(text, TRACE_ID_AT, 32)
                && Hex.isHex(text, SPAN_ID_AT, 16)
                && Hex.isHex(text, FLAGS_AT, 2);
    }

    /** Version 00 is exactly this long; a later one may continue after another dash; version ff does not exist. */
    private static boolean isFramed(CharSequence text) {
        int length = text.length();
        if (length < LENGTH
                || text.charAt(TRACE_ID_AT - 1) != '-'
                || text.charAt(SPAN_ID_AT - 1) != '-'
                || text.charAt(FLAGS_AT - 1) != '-') {
            return false;
        }
        if (text.charAt(0) == '0' && text.charAt(1) == '0') {
            return length == LENGTH;
        }
        return !(text.charAt(0) == 'f' && text.charAt(1) == 'f') && (length == LENGTH || text.charAt(LENGTH) == '-');
    }
}
