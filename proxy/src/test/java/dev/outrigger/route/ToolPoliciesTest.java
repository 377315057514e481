package dev.outrigger.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.outrigger.config.model.ToolConfig;
import dev.outrigger.resilience.Limiters;
import dev.outrigger.time.NanoClock;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToolPoliciesTest {
    private static final int ROUNDS = 2000;
    /** What the measurement itself and the JIT may leave behind; one object per look-up would be 160,000. */
    private static final long TOLERANCE_BYTES = 8000;

    @Test
    void withoutPatternsNothingIsTreatedDifferently() {
        assertTrue(policies().isEmpty());
        assertNull(find(policies(), "anything"));
        assertNull(find(policies(), ""));
        assertFalse(policies("*").isEmpty());
        assertFalse(policies("a").isEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "slow_query, slow_query",
        "slow_other, slow_*",
        "slow_x_admin, slow_*_admin",
        "slow__admin, slow_*_admin",
        "slow_admin, *_admin",
        "x_admin, *_admin",
        "SLOW_QUERY, *",
        "slow_quer, slow_*",
        "slow_admi, slow_*",
        "slow_, slow_*",
        "slow, *",
    })
    void theMostSpecificPatternWins(String name, String pattern) {
        assertEquals(pattern, find(policies("*", "*_admin", "slow_*", "slow_*_admin", "slow_query"), name));
    }

    @Test
    void ofEquallySpecificPatternsTheFirstWins() {
        assertEquals("a*", find(policies("a*", "*b"), "ab"));
        assertEquals("*b", find(policies("*b", "a*"), "ab"));
    }

    @Test
    void anExactNameWinsOverALongerPattern() {
        assertEquals("a", find(policies("*a*", "a"), "a"));
    }

    @Test
    void aStarInTheNameOfACallIsALetterLikeAnyOther() {
        assertNull(find(policies("slow_query"), "slow_*"));
        assertEquals("slow_*", find(policies("slow_*"), "slow_*"));
    }

    @Test
    void namesBeyondAsciiAreCompared() {
        assertEquals("gr\u00fc*", find(policies("gr\u00fc*", "\ud83d\ude80"), "gr\u00fc\u00df"));
        assertEquals("\ud83d\ude80", find(policies("gr\u00fc*", "\ud83d\ude80"), "\ud83d\ude80"));
        assertNull(find(policies("gr\u00fc*", "\ud83d\ude80"), "grue"));
    }

    @Test
    void onlyTheNameCountsInALargerArray() {
        byte[] bytes = "get_itemXXXX".getBytes(StandardCharsets.UTF_8);
        ToolPolicy exact = policies("get_item").find(bytes, 8);
        ToolPolicy globbed = policies("*item").find(bytes, 8);
        assertEquals("get_item", String.valueOf(exact));
        assertEquals("*item", String.valueOf(globbed));
    }

    @Test
    void everyOneOfManyExactNamesIsFound() {
        ToolPolicies policies =
                policies(IntStream.range(0, 1000).mapToObj(i -> "tool_" + i).toArray(String[]::new));
        for (int i = 0; i < 1000; i++) {
            assertEquals("tool_" + i, find(policies, "tool_" + i));
        }
        assertNull(find(policies, "tool_1000"));
    }

    @Test
    void aPolicyHoldsItsTimeout() {
        ToolPolicies policies = policies(List.of(tool("slow", 120, Optional.empty())));
        ToolPolicy policy = policies.find("slow".getBytes(StandardCharsets.UTF_8), 4);
        assertEquals(120_000_000_000L, policy == null ? 0 : policy.timeoutNanos());
    }

    @Test
    void everyToolIsAllowedUnlessForbidden() {
        ToolPolicies policies = policies(List.of(tool("slow_*", 120, Optional.empty()), permission("delete_*", false)));

        assertTrue(policies.forbidsAny());
        assertTrue(allows(policies, "slow_query"));
        assertTrue(allows(policies, "other"));
        assertFalse(allows(policies, "delete_all"));
    }

    @Test
    void theMostSpecificPatternThatSaysSoDecidesWhatIsAllowed() {
        ToolPolicies policies = policies(List.of(
                permission("*", false),
                permission("get_*", true),
                permission("get_secret", false),
                tool("slow_*", 120, Optional.empty())));

        assertTrue(allows(policies, "get_item"));
        assertFalse(allows(policies, "get_secret"));
        assertFalse(allows(policies, "slow_query"), "more time is no permission");
    }

    @Test
    void aCallWithoutANameIsOnlyAllowedWhereNothingIsForbidden() {
        assertFalse(allows(policies(List.of(permission("x", false))), ""));
        assertTrue(allows(policies(List.of(permission("x", true))), ""));
    }

    private static ToolConfig tool(String pattern, long timeoutSeconds, Optional<Boolean> allow) {
        return new ToolConfig(
                pattern,
                Duration.ofSeconds(timeoutSeconds),
                allow,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false);
    }

    private static ToolPolicies policies(List<ToolConfig> tools) {
        return new ToolPolicies("r", tools, new Limiters(Runnable::run, NanoClock.SYSTEM));
    }

    private static ToolConfig permission(String pattern, boolean allow) {
        return tool(pattern, 1, Optional.of(allow));
    }

    private static boolean allows(ToolPolicies policies, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return policies.allows(bytes, bytes.length);
    }

    @Test
    void findingAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ToolPolicies policies = policies("slow_*", "*_admin", "a*b*c", "exact_1", "exact_2");
        byte[][] names = Stream.of("slow_query", "other", "axxbyyc", "exact_2", "x_admi")
                .map(name -> name.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        findAll(policies, names);
        long before = threads.getCurrentThreadAllocatedBytes();
        int found = findAll(policies, names);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertEquals(3 * ROUNDS, found);
        assertTrue(allocated < TOLERANCE_BYTES, () -> allocated + " bytes in " + ROUNDS + " rounds");
    }

    private static int findAll(ToolPolicies policies, byte[][] names) {
        int found = 0;
        for (int i = 0; i < ROUNDS; i++) {
            for (byte[] name : names) {
                found += policies.find(name, name.length) == null ? 0 : 1;
            }
        }
        return found;
    }

    static ToolPolicies policies(String... patterns) {
        return policies(Stream.of(patterns)
                .map(pattern -> tool(pattern, 1, Optional.empty()))
                .toList());
    }

    /** The pattern that decides. */
    static @Nullable String find(ToolPolicies policies, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        ToolPolicy policy = policies.find(Arrays.copyOf(bytes, bytes.length + 3), bytes.length);
        return policy == null ? null : policy.pattern();
    }
}
