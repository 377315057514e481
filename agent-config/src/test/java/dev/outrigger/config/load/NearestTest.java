package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NearestTest {
    @ParameterizedTest
    @CsvSource({
        "abc, abc, 0",
        "abc, abd, 1",
        "abc, ab, 1",
        "ab, abc, 1",
        "bind, bnid, 1",
        "'', abc, 3",
        "kitten, sitting, 3"
    })
    void editsAreLettersChangedAddedLeftOutOrSwapped(String from, String to, int expected) {
        assertEquals(expected, Nearest.edits(from, to));
        assertEquals(expected, Nearest.edits(to, from));
    }

    @Test
    void theNearestOfSeveralWins() {
        assertEquals("timeout", Nearest.to("timeuot", List.of("idle-timeout", "timeout", "time")));
    }

    @Test
    void nothingIsSuggestedThatIsNotNear() {
        assertEquals("", Nearest.to("port", List.of("bind", "mode", "protocol")));
        assertEquals("", Nearest.to("x", List.of()));
    }

    @Test
    void aDottedKeyIsComparedByItsLastPart() {
        assertEquals("pool.idle-timeout", Nearest.to("idle-timeuot", List.of("breaker.open-for", "pool.idle-timeout")));
    }
}
