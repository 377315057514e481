package dev.outrigger.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.outrigger.mcp.McpMethod;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EpochsTest {
    private final Epochs epochs = new Epochs();

    @ParameterizedTest
    @CsvSource({
        "notifications/tools/list_changed, TOOLS_LIST TOOLS_CALL",
        "notifications/prompts/list_changed, PROMPTS_LIST",
        "notifications/resources/list_changed, RESOURCES_LIST RESOURCES_TEMPLATES_LIST RESOURCES_READ",
        "notifications/message, ''",
        "notifications/nobody/knows, ''"
    })
    void aChangeEndsWhatItIsAbout(String notification, String about) {
        Set<McpMethod> changed = EnumSet.noneOf(McpMethod.class);
        long[] before = new long[McpMethod.values().length];
        for (McpMethod method : McpMethod.values()) {
            before[method.ordinal()] = epochs.stamp(method, 7);
        }

        epochs.onNotification(Notified.message(notification, "{}"));

        for (McpMethod method : McpMethod.values()) {
            if (epochs.stamp(method, 7) != before[method.ordinal()]) {
                changed.add(method);
            }
        }
        Set<McpMethod> expected = EnumSet.noneOf(McpMethod.class);
        for (String name : about.split(" ", -1)) {
            if (!name.isEmpty()) {
                expected.add(McpMethod.valueOf(name));
            }
        }
        assertEquals(expected, changed);
    }

    @Test
    void aResourceChangesAlone() {
        int a = slot("file:///a");
        int b = slot("file:///b");
        assertNotEquals(a, b);
        long beforeA = epochs.stamp(McpMethod.RESOURCES_READ, a);
        long beforeB = epochs.stamp(McpMethod.RESOURCES_READ, b);

        epochs.onNotification(Notified.message("notifications/resources/updated", "{\"uri\":\"file:///a\"}"));

        assertNotEquals(beforeA, epochs.stamp(McpMethod.RESOURCES_READ, a));
        assertEquals(beforeB, epochs.stamp(McpMethod.RESOURCES_READ, b));
        assertEquals(0, epochs.stamp(McpMethod.RESOURCES_LIST, a));
    }

    private static int slot(String uri) {
        return Epochs.slot(
                Notified.message("resources/read", "{\"uri\":\"" + uri + "\"}").uri());
    }
}
