package dev.outrigger.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The cases are those of the W3C's own test suite for trace context. */
class TraceContextTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";
    private static final String OTHER_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String OTHER_PARENT = "00f067aa0ba902b7";
    private static final Pattern HEADER = Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]");

    private final TraceContext traces = new TraceContext(1, new SplittableRandom(1));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00-" + TRACE + "-" + PARENT + "-01",
                "00-" + TRACE + "-" + PARENT + "-00",
                "00-" + TRACE + "-" + PARENT + "-ff",
                "cc-" + TRACE + "-" + PARENT + "-01",
                "cc-" + TRACE + "-" + PARENT + "-01-what-the-future-will-be-like",
                "01-" + TRACE + "-" + PARENT + "-00-",
                "fe-" + TRACE + "-" + PARENT + "-01"
            })
    void aValidHeaderIsContinued(String header) {
        ExchangeRecord record = started(header, "vendor=1");

        assertEquals(TRACE, TraceContext.traceIdHex(record));
        assertEquals(PARENT, Hex.of(record.parentSpanId));
        assertNotEquals(PARENT, TraceContext.spanIdHex(record));
        assertEquals("vendor=1", record.traceState);
        assertTrue(traces.traceparent(record)
                .toString()
                .startsWith("00-" + TRACE + '-' + TraceContext.spanIdHex(record) + '-'));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "00",
                "garbage",
                // version
                "ff-" + TRACE + "-" + PARENT + "-01",
                "0-" + TRACE + "-" + PARENT + "-01",
                "000-" + TRACE + "-" + PARENT + "-01",
                ".0-" + TRACE + "-" + PARENT + "-01",
                "0.-" + TRACE + "-" + PARENT + "-01",
                "CC-" + TRACE + "-" + PARENT + "-01",
                "00-" + TRACE + "-" + PARENT + "-01-",
                "00-" + TRACE + "-" + PARENT + "-01.",
                "00-" + TRACE + "-" + PARENT + "-01-what-the-future-will-be-like",
                "cc-" + TRACE + "-" + PARENT + "-01.what-the-future-will-not-be-like",
                // trace id
                "00-00000000000000000000000000000000-" + PARENT + "-01",
                "00-.0000000000000000000000000000000-" + PARENT + "-01",
                "00-0000000000000000000000000000000.-" + PARENT + "-01",
                "00-0AF7651916CD43DD8448EB211C80319C-" + PARENT + "-01",
                "00-" + TRACE + "a-" + PARENT + "-01",
                "00-0af7651916cd43dd8448eb211c80319-" + PARENT + "-01",
                // span id
                "00-" + TRACE + "-0000000000000000-01",
                "00-" + TRACE + "-.000000000000000-01",
                "00-" + TRACE + "-000000000000000.-01",
                "00-" + TRACE + "-B7AD6B7169203331-01",
                "00-" + TRACE + "-" + PARENT + "a-01",
                "00-" + TRACE + "-b7ad6b716920333-01",
                // flags
                "00-" + TRACE + "-" + PARENT + "-.0",
                "00-" + TRACE + "-" + PARENT + "-0.",
                "00-" + TRACE + "-" + PARENT + "-001",
                "00-" + TRACE + "-" + PARENT + "-1",
                "00-" + TRACE + "-" + PARENT + "-0A",
                // separators, blanks
                "00_" + TRACE + "-" + PARENT + "-01",
                "00-" + TRACE + "_" + PARENT + "-01",
                "00-" + TRACE + "-" + PARENT + "_01",
                " 00-" + TRACE + "-" + PARENT + "-01",
                "00-" + TRACE + "-" + PARENT + "-01 ",
                "00-" + TRACE + "-" + PARENT + "-\u0660\u0661"
            })
    void anInvalidHeaderBeginsANewTraceWithoutState(@Nullable String header) {
        ExchangeRecord record = started(header, "vendor=1");

        assertNotEquals(TRACE, TraceContext.traceIdHex(record));
        assertEquals(0, record.parentSpanId);
        assertNull(record.traceState);
        assertTrue(HEADER.matcher(traces.traceparent(record)).matches());
    }

    @ParameterizedTest
    @CsvSource({"00, 0, false", "01, 0, true", "01, 1, true", "00, 1, false", "ff, 0, true", "08, 1, false"})
    void theCallersSamplingDecisionIsKept(String flags, double ratio, boolean sampled) {
        ExchangeRecord record = new ExchangeRecord();
        new TraceContext(ratio, new SplittableRandom(1))
                .start(record, "00-" + TRACE + '-' + PARENT + '-' + flags, null);

        assertEquals(sampled, record.sampled);
    }

    @ParameterizedTest
    @CsvSource({"00, 00", "01, 01", "02, 02", "03, 03", "ff, 03", "fc, 00"})
    void knownFlagsPassAndOthersAreZero(String received, String sent) {
        ExchangeRecord record = started("00-" + TRACE + '-' + PARENT + '-' + received, null);

        assertTrue(traces.traceparent(record).toString().endsWith('-' + sent));
    }

    @Test
    void aTraceBegunHereIsMarkedAsRandomAndSampled() {
        ExchangeRecord record = started(null, null);

        assertTrue(record.sampled);
        assertTrue(traces.traceparent(record).toString().endsWith("-03"));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.5, 1})
    void theShareOfSampledTracesIsTheRatio(double ratio) {
        TraceContext some = new TraceContext(ratio, new SplittableRandom(42));
        ExchangeRecord record = new ExchangeRecord();
        int sampled = 0;
        for (int i = 0; i < 10_000; i++) {
            some.start(record, null, null);
            sampled += record.sampled ? 1 : 0;
        }

        assertEquals(ratio * 10_000, sampled, ratio == 0 || ratio == 1 ? 0 : 200);
    }

    @Test
    void theRatioMayChangeAtAnyTime() {
        TraceContext some = new TraceContext(1, new SplittableRandom(42));
        ExchangeRecord record = new ExchangeRecord();

        some.sample(0);
        some.start(record, null, null);
        assertFalse(record.sampled);
        some.start(record, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", null);
        assertTrue(record.sampled, "the caller's decision");
        some.sample(1);
        some.start(record, null, null);

        assertTrue(record.sampled);
    }

    @Test
    void idsAreNeverZero() {
        RandomGenerator zeroFirst = new RandomGenerator() {
            private int calls;

            @Override
            public long nextLong() {
                return calls++ % 3 == 2 ? 5 : 0;
            }
        };
        ExchangeRecord record = new ExchangeRecord();
        new TraceContext(1, zeroFirst).start(record, null, null);

        assertNotEquals(0, record.spanId);
        assertNotEquals(0, record.traceIdLow);
    }

    @Test
    void aRecordWithoutATraceHasNoIds() {
        ExchangeRecord record = new ExchangeRecord();

        assertEquals("", TraceContext.traceIdHex(record));
        assertEquals("", TraceContext.spanIdHex(record));
        assertFalse(record.sampled);
    }

    @Test
    void aReusedRecordForgetsTheEarlierTrace() {
        ExchangeRecord record = started("00-" + TRACE + '-' + PARENT + "-01", "vendor=1");
        new TraceContext(0, new SplittableRandom(3)).start(record, null, "vendor=1");

        assertEquals(0, record.parentSpanId);
        assertFalse(record.sampled);
        assertNull(record.traceState);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=1", "a=1,b=2", "foo@bar=1 , b=2", "a=1,,b=2"})
    void stateIsPassedUnchanged(String state) {
        assertEquals(state, started("00-" + TRACE + '-' + PARENT + "-01", state).traceState);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void emptyStateIsNoState(String state) {
        assertNull(started("00-" + TRACE + '-' + PARENT + "-01", state).traceState);
    }

    @Test
    void stateOfThirtyTwoLongEntriesPasses() {
        String state = ("k=" + "v".repeat(125) + ",").repeat(31) + "k=" + "v".repeat(125);

        assertEquals(state, TraceState.bounded(state));
    }

    @Test
    void stateIsCutByWholeEntriesTheLongestFirstThenTheLast() {
        String longest = "l=" + "v".repeat(1000);
        String shorter = "s=" + "v".repeat(100);
        String state = shorter + ',' + longest + ',' + (shorter + ',').repeat(35) + longest + ",last=1";

        String bounded = TraceState.bounded(state);

        assertEquals((shorter + ',').repeat(36) + "last=1", bounded);
        assertNull(TraceState.bounded("x".repeat(5000)));
        assertEquals((shorter + ',').repeat(38) + shorter, TraceState.bounded((shorter + ',').repeat(60) + "last=1"));
    }

    @Test
    void theContextOfTheMessageWinsAndTheOneOfTheHeaderIsLinked() {
        ExchangeRecord record = started("00-" + TRACE + '-' + PARENT + "-01", "vendor=1");
        long spanId = record.spanId;

        traces.startFromMeta(record, "00-" + OTHER_TRACE + '-' + OTHER_PARENT + "-00", "other=2");

        assertEquals(OTHER_TRACE, TraceContext.traceIdHex(record));
        assertEquals(OTHER_PARENT, Hex.of(record.parentSpanId));
        assertEquals(spanId, record.spanId, "already told to others");
        assertFalse(record.sampled);
        assertEquals("other=2", record.traceState);
        assertEquals(TRACE, Hex.of(record.linkTraceIdHigh, record.linkTraceIdLow));
        assertEquals(PARENT, Hex.of(record.linkSpanId));
        assertTrue(record.linkSampled);
    }

    @Test
    void aTraceBegunHereIsReplacedByTheOneOfTheMessageWithoutALink() {
        ExchangeRecord record = started(null, null);

        traces.startFromMeta(record, "00-" + TRACE + '-' + PARENT + "-02", null);

        assertEquals(TRACE, TraceContext.traceIdHex(record));
        assertEquals(PARENT, Hex.of(record.parentSpanId));
        assertEquals(0, record.linkSpanId);
        assertTrue(traces.traceparent(record).toString().endsWith("-02"));
    }

    @Test
    void theSameContextTwiceIsNotLinkedToItself() {
        ExchangeRecord record = started("00-" + TRACE + '-' + PARENT + "-01", "vendor=1");

        traces.startFromMeta(record, "00-" + TRACE + '-' + PARENT + "-01", null);

        assertEquals(0, record.linkSpanId);
        assertNull(record.traceState, "the message's own");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "garbage",
                "00-00000000000000000000000000000000-" + OTHER_PARENT + "-01",
                "00-" + OTHER_TRACE + "-0000000000000000-01",
                "ff-" + OTHER_TRACE + "-" + OTHER_PARENT + "-01"
            })
    void anInvalidContextOfTheMessageChangesNothing(String traceparent) {
        ExchangeRecord record = started("00-" + TRACE + '-' + PARENT + "-01", "vendor=1");

        traces.startFromMeta(record, traceparent, "other=2");

        assertEquals(TRACE, TraceContext.traceIdHex(record));
        assertEquals(PARENT, Hex.of(record.parentSpanId));
        assertTrue(record.sampled);
        assertEquals("vendor=1", record.traceState);
        assertEquals(0, record.linkSpanId);
    }

    @Test
    void aCallWithAContextOfItsOwnIsLinkedToItsExchange() {
        ExchangeRecord exchange = started("00-" + TRACE + '-' + PARENT + "-01", null);
        ExchangeRecord call = exchange.newCall();
        call.spanId = traces.newSpanId();
        assertFalse(call.hasRemoteParent());

        traces.startFromMeta(call, "00-" + OTHER_TRACE + '-' + OTHER_PARENT + "-01", null);

        assertTrue(call.hasRemoteParent());
        assertEquals(OTHER_TRACE, TraceContext.traceIdHex(call));
        assertEquals(TRACE, Hex.of(call.linkTraceIdHigh, call.linkTraceIdLow));
        assertEquals(exchange.spanId, call.linkSpanId);
        assertEquals(0, exchange.linkSpanId);
    }

    private ExchangeRecord started(@Nullable String traceparent, @Nullable String tracestate) {
        ExchangeRecord record = new ExchangeRecord();
        traces.start(record, traceparent, tracestate);
        return record;
    }
}
