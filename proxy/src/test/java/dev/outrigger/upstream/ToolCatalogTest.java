package dev.outrigger.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ToolCatalogTest {
    private final ToolCatalog catalog = new ToolCatalog(4);

    @Test
    void nothingIsKnownBeforeAWholeListWasSeen() {
        assertFalse(catalog.isKnown());
        assertFalse(catalog.contains("a"));
        assertEquals(0, catalog.hints("a"));
        assertEquals(Set.of(), catalog.names());

        catalog.learn(Map.of("a", 1), true, false);
        assertFalse(catalog.isKnown());

        catalog.learn(Map.of("b", 2), false, true);
        assertTrue(catalog.isKnown());
        assertTrue(catalog.contains("a"));
        assertEquals(1, catalog.hints("a"));
        assertEquals(2, catalog.hints("b"));
        assertEquals(Set.of("a", "b"), catalog.names());
        assertFalse(catalog.contains("c"));
        assertEquals(0, catalog.hints("c"));
    }

    @Test
    void anotherLimitHoldsFromTheNextListOn() {
        catalog.learn(Map.of("a", 1, "b", 1), true, true);

        catalog.limit(1);
        assertEquals(Set.of("a", "b"), catalog.names());
        catalog.changed();
        catalog.learn(Map.of("a", 1, "b", 1), true, true);

        assertEquals(1, catalog.names().size());
    }

    @Test
    void anEmptyListIsAList() {
        catalog.learn(Map.of(), true, true);
        assertTrue(catalog.isKnown());
        assertFalse(catalog.contains("a"));
    }

    @Test
    void aPageWithoutTheOnesBeforeItSaysTooLittle() {
        catalog.learn(Map.of("b", 2), false, true);
        assertFalse(catalog.isKnown());
    }

    @Test
    void anotherClientsListAddsToTheFirst() {
        catalog.learn(Map.of("a", 1), true, true);
        catalog.learn(Map.of("a", 3, "b", 2), true, true);

        assertEquals(Set.of("a", "b"), catalog.names());
        assertEquals(3, catalog.hints("a"));
    }

    @Test
    void afterAChangeTheNextListReplacesTheOldOneAsAWhole() {
        catalog.learn(Map.of("a", 1, "b", 1), true, true);
        catalog.changed();
        assertEquals(Set.of("a", "b"), catalog.names());

        catalog.learn(Map.of("b", 1), true, false);
        assertEquals(Set.of("a", "b"), catalog.names());
        catalog.learn(Map.of("c", 1), false, true);

        assertEquals(Set.of("b", "c"), catalog.names());
    }

    @Test
    void pagesOfAListFromBeforeTheChangeAreNotTaken() {
        catalog.learn(Map.of("a", 1), true, false);
        catalog.changed();
        catalog.learn(Map.of("b", 1), false, true);
        assertFalse(catalog.isKnown());

        catalog.learn(Map.of("c", 1), true, true);
        assertEquals(Set.of("c"), catalog.names());
    }

    @Test
    void whatIsBeyondTheBoundDoesNotGetIn() {
        catalog.learn(Map.of("a", 1, "b", 1, "c", 1), true, false);
        catalog.learn(Map.of("d", 1, "e", 1, "f", 1), false, true);
        assertEquals(4, catalog.names().size());
        assertTrue(catalog.names().containsAll(Set.of("a", "b", "c")));

        catalog.learn(Map.of("a", 9), true, true);
        assertEquals(9, catalog.hints("a"));
    }

    @Test
    void overlongNamesAreNotKept() {
        catalog.learn(Map.of("x".repeat(ToolCatalog.MAX_NAME_CHARS + 1), 1, "a", 1), true, true);
        assertEquals(Set.of("a"), catalog.names());
    }

    @Test
    void aListThatSaysNothingNewIsNotCopied() {
        catalog.learn(Map.of("a", 1, "b", 1), true, true);
        Set<String> names = catalog.names();
        catalog.learn(Map.of("a", 1, "b", 1), true, true);
        assertSame(names, catalog.names());
    }
}
