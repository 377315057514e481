package dev.outrigger.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** The compiled patterns against a glob that tries everything. */
class ToolPoliciesPropertyTest {
    @Property(tries = 3000)
    void theSamePatternDecidesAsByTryingAll(@ForAll("patterns") List<String> patterns, @ForAll("names") String name) {
        assertEquals(
                expected(patterns, name),
                ToolPoliciesTest.find(ToolPoliciesTest.policies(patterns.toArray(String[]::new)), name));
    }

    /** Few letters, so that patterns and names meet often; one of two bytes. */
    @Provide
    Arbitrary<List<String>> patterns() {
        return text('a', 'b', '\u00e4', '*', '*').list().uniqueElements().ofMaxSize(12);
    }

    @Provide
    Arbitrary<String> names() {
        return text('a', 'b', '\u00e4', '*');
    }

    private static Arbitrary<String> text(char... letters) {
        return Arbitraries.strings().withChars(letters).ofMinLength(1).ofMaxLength(8);
    }

    private static @Nullable String expected(List<String> patterns, String name) {
        if (patterns.contains(name) && name.indexOf('*') < 0) {
            return name;
        }
        String best = null;
        for (String pattern : patterns) {
            boolean better = best == null || bytes(pattern) > bytes(Objects.requireNonNull(best));
            if (better && pattern.indexOf('*') >= 0 && matches(pattern, name)) {
                best = pattern;
            }
        }
        return best;
    }

    private static int bytes(String pattern) {
        return pattern.chars().map(c -> c == '*' ? 0 : c < 0x80 ? 1 : 2).sum();
    }

    private static boolean matches(String pattern, String name) {
        if (pattern.isEmpty()) {
            return name.isEmpty();
        }
        if (pattern.charAt(0) == '*') {
            return matches(pattern.substring(1), name) || !name.isEmpty() && matches(pattern, name.substring(1));
        }
        return !name.isEmpty()
                && name.charAt(0) == pattern.charAt(0)
                && matches(pattern.substring(1), name.substring(1));
    }
}
