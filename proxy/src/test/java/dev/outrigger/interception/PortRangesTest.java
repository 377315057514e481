package dev.outrigger.interception;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortRangesTest {
    @Test
    void aListIsOrderedAndWithoutOverlaps() {
        assertEquals(
                "80,8080-8090,9000",
                PortRanges.parse(" 9000, 8085-8090,80,8080-8086 ").toString());
        assertEquals(PortRanges.parse("1-3"), PortRanges.of(3, 1, 2));
    }

    @Test
    void aStarIsEveryPortAndNothingIsNone() {
        assertTrue(PortRanges.parse("*").isAll());
        assertTrue(PortRanges.parse("1-65535").isAll());
        assertTrue(PortRanges.parse(" ").isEmpty());
        assertFalse(PortRanges.parse("").contains(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0", "65536", "80,", ",", "80-", "90-80", "http", "80;81", "-1", "1-99999", "8080 8081", "*,80"})
    void whatIsNoListIsToldWithItsPart(String text) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> PortRanges.parse(text));
        assertTrue(refused.getMessage().contains("expected ports and ranges such as"), refused::getMessage);
    }

    @Test
    void theWrongPartIsNamed() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> PortRanges.parse("80,70000,90"));
        assertTrue(refused.getMessage().startsWith("'70000': "), refused::getMessage);
    }

    @Test
    void aRuleHasFifteenNumbersAndARangeHasTwoOfThem() {
        String single = IntStream.range(0, 31)
                .mapToObj(i -> Integer.toString(1 + 2 * i))
                .collect(Collectors.joining(","));
        List<String> lists = PortRanges.parse(single).multiports();
        assertEquals(
                List.of(15, 15, 1), lists.stream().map(PortRangesTest::slots).toList());
        assertEquals(single, String.join(",", lists));

        String ranges = IntStream.range(0, 8)
                .mapToObj(i -> (100 * i + 1) + "-" + (100 * i + 50))
                .collect(Collectors.joining(","));
        lists = PortRanges.parse(ranges).multiports();
        assertEquals(List.of(14, 2), lists.stream().map(PortRangesTest::slots).toList());
        assertTrue(lists.get(0).startsWith("1:50,101:150,"), lists::toString);
    }

    @Test
    void anExcludedPortIsPassedOver() {
        assertEquals(9, PortRanges.parse("7-9").firstOutside(PortRanges.parse("1-8"), 1));
        assertEquals(8080, PortRanges.ALL.firstOutside(PortRanges.NONE, 8080));
        assertEquals(-1, PortRanges.parse("80").firstOutside(PortRanges.parse("80"), 1));
        assertEquals(-1, PortRanges.parse("80").firstOutside(PortRanges.NONE, 81));
    }

    private static int slots(String list) {
        return list.split("[,:]").length;
    }
}
