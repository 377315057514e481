package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SettlingTest {
    private static final long QUIET_NANOS = 100;
    private static final Path MAIN = Path.of("/main");
    private static final Path INCLUDED = Path.of("/included");
    /** Near the overflow of the clock, which may begin anywhere. */
    private static final long START_NANOS = Long.MAX_VALUE - 50;

    private final Settling settling = new Settling(QUIET_NANOS);

    @Test
    void aChangeIsToldOnceWhenItHasStayedForAsLongAsAsked() {
        settling.know(main("a"));

        assertFalse(isNews("b", 0));
        assertEquals(QUIET_NANOS - 40, settling.waitNanos(START_NANOS + 40));
        assertFalse(isNews("b", QUIET_NANOS - 1));
        assertTrue(isNews("b", QUIET_NANOS));
        assertFalse(isNews("b", 2 * QUIET_NANOS));
        assertEquals(Long.MAX_VALUE, settling.waitNanos(START_NANOS + 2 * QUIET_NANOS));
    }

    @Test
    void everyFurtherChangeBeginsTheWaitAnew() {
        settling.know(main("a"));

        assertFalse(isNews("b", 0));
        assertFalse(isNews("c", 60));
        assertFalse(isNews("c", 60 + QUIET_NANOS - 1));
        assertTrue(isNews("c", 60 + QUIET_NANOS));
    }

    @Test
    void aFileThatIsMissingForAMomentIsNoChange() {
        settling.know(main("a"));

        assertFalse(isNews("missing", 0));
        assertFalse(isNews("a", 50));
        assertFalse(isNews("missing", QUIET_NANOS));
        assertFalse(isNews("a", 3 * QUIET_NANOS));
        assertEquals(Long.MAX_VALUE, settling.waitNanos(START_NANOS + 3 * QUIET_NANOS));
    }

    @Test
    void aFileThatIsNewToItIsTakenAsKnownAndTheOthersKeepWhatIsKnownOfThem() {
        settling.know(main("a"));
        settling.learn(Map.of(MAIN, "b", INCLUDED, "x"));

        assertFalse(settling.isNews(Map.of(MAIN, "b", INCLUDED, "x"), START_NANOS));
        assertTrue(settling.isNews(Map.of(MAIN, "b", INCLUDED, "x"), START_NANOS + QUIET_NANOS), "main is news");
        assertFalse(settling.isNews(Map.of(MAIN, "b", INCLUDED, "y"), START_NANOS + QUIET_NANOS));
        assertTrue(settling.isNews(Map.of(MAIN, "b", INCLUDED, "y"), START_NANOS + 2 * QUIET_NANOS));
    }

    @Test
    void withoutAQuietTimeEveryChangeIsToldAtOnce() {
        Settling eager = new Settling(0);
        eager.know(main("a"));

        assertTrue(eager.isNews(main("b"), START_NANOS));
        assertFalse(eager.isNews(main("b"), START_NANOS));
    }

    private boolean isNews(String content, long afterNanos) {
        return settling.isNews(main(content), START_NANOS + afterNanos);
    }

    private static Map<Path, String> main(String content) {
        return Map.of(MAIN, content);
    }
}
