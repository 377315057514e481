package dev.outrigger.warmup;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PaceTest {
    private static final int SLICE = 100;

    private long nowNanos = Long.MAX_VALUE - 1_000_000;
    private long answers;
    private final Pace pace = new Pace(nowNanos);

    @Test
    void itIsNotSettledWhileExchangesBecomeCheaper() {
        for (long sliceNanos = 100_000_000; sliceNanos > 1_000; sliceNanos = sliceNanos * 8 / 10) {
            slice(sliceNanos);
            assertFalse(pace.isSettled());
        }
    }

    @Test
    void aPlateauOfSomeSlicesIsNotTheEnd() {
        slice(10_000_000);
        slice(10_000_000);
        slice(10_000_000);
        assertFalse(pace.isSettled());
        slice(5_000_000);
        slice(5_000_000);
        slice(5_000_000);
        assertFalse(pace.isSettled());
    }

    @Test
    void itIsSettledWhenSeveralSlicesInARowBringNothing() {
        slice(10_000_000);
        slice(9_500_000);
        slice(9_600_000);
        assertFalse(pace.isSettled());
        slice(9_700_000);
        assertTrue(pace.isSettled());
    }

    @Test
    void slicesThatTheMachineSlowedDownAreNoProgressWhenItRecovers() {
        slice(10_000_000);
        slice(50_000_000);
        slice(10_000_000);
        slice(10_000_000);
        assertTrue(pace.isSettled());
    }

    @Test
    void fewAnswersSayNothing() {
        for (int i = 0; i < SLICE - 1; i++) {
            nowNanos += 1_000_000;
            pace.onTurn(nowNanos, ++answers);
        }
        assertFalse(pace.isSettled());
    }

    private void slice(long sliceNanos) {
        nowNanos += sliceNanos;
        answers += SLICE;
        pace.onTurn(nowNanos, answers);
    }
}
