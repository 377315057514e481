package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.outrigger.config.load.LoadResult.Refused;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

/** Whatever is in a file, loading ends in a configuration or in problems, never in an exception. */
final class AnyTextTest {
    private final ConfigLoader loader = new ConfigLoader(Map.of());

    @Property(tries = 500)
    void anyTextEndsInAResult(@ForAll @StringLength(max = 200) @CharRange(from = ' ', to = '~') String text) {
        expectResult(text);
    }

    @Property(tries = 500)
    void anyDamageEndsInAResult(
            @ForAll @IntRange(max = 130) int at,
            @ForAll @IntRange(max = 30) int length,
            @ForAll @StringLength(max = 5) @CharRange(from = ' ', to = '~') String inserted) {
        int end = Math.min(Loads.COMPLETE.length(), at + length);
        expectResult(Loads.COMPLETE.substring(0, at) + inserted + Loads.COMPLETE.substring(end));
    }

    private void expectResult(String text) {
        if (loader.loadString("test.conf", text) instanceof Refused refused) {
            assertFalse(refused.problems().isEmpty(), text);
            assertFalse(
                    refused.problems().stream()
                            .anyMatch(problem -> problem.toString().contains("\n")),
                    refused::toString);
        }
    }
}
