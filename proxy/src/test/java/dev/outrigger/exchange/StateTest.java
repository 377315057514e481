package dev.outrigger.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StateTest {
    @ParameterizedTest
    @EnumSource(State.class)
    void nothingFollowsTheEnd(State next) {
        assertThrows(IllegalStateException.class, () -> State.DONE.to(next));
    }

    @ParameterizedTest
    @EnumSource(value = State.class, mode = EnumSource.Mode.EXCLUDE, names = "DONE")
    void everyStateCanEnd(State state) {
        assertEquals(State.DONE, state.to(State.DONE));
    }

    @Test
    void anAnswerThatHasBegunIsNotRefused() {
        assertThrows(IllegalStateException.class, () -> State.STREAMING.to(State.REFUSING));
    }
}
