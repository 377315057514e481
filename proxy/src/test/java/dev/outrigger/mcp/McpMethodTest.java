package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class McpMethodTest {
    @ParameterizedTest
    @EnumSource
    void isFoundByItsBytesWhereverTheyLie(McpMethod method) {
        byte[] bytes = ("xx" + method.label() + "yy").getBytes(StandardCharsets.US_ASCII);

        assertSame(method, McpMethod.of(bytes, 2, method.label().length()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "p", "tools/cal", "tools/calls", "Tools/call", "other", "tools/cbll", "notifications/"})
    void whatIsNotExactlyAMethodIsOther(String text) {
        assertSame(McpMethod.OTHER, of(text));
    }

    @Property
    void anythingElseIsOther(@ForAll byte[] text) {
        assertSame(McpMethod.OTHER, McpMethod.of(text, 0, text.length));
    }

    @Test
    void whatRunsSomethingOrIsRememberedIsNotSafe() {
        for (McpMethod method : EnumSet.of(
                McpMethod.TOOLS_CALL,
                McpMethod.INITIALIZE,
                McpMethod.RESOURCES_SUBSCRIBE,
                McpMethod.SUBSCRIPTIONS_LISTEN,
                McpMethod.LOGGING_SET_LEVEL,
                McpMethod.TASKS_UPDATE,
                McpMethod.TASKS_CANCEL,
                McpMethod.SAMPLING_CREATE_MESSAGE,
                McpMethod.NOTIFICATIONS_CANCELLED,
                McpMethod.OTHER)) {
            assertFalse(method.isSafe(), method.label());
        }
        assertTrue(McpMethod.TOOLS_LIST.isSafe());
        assertTrue(McpMethod.RESOURCES_READ.isSafe());
    }

    @Test
    void onlyCallsOfToolsAndPromptsHaveAName() {
        Set<McpMethod> named =
                Arrays.stream(McpMethod.values()).filter(McpMethod::hasName).collect(Collectors.toSet());

        assertEquals(EnumSet.of(McpMethod.TOOLS_CALL, McpMethod.PROMPTS_GET), named);
    }

    @Test
    void resourcesAreNamedByUriAndTasksById() {
        assertEquals(
                EnumSet.of(McpMethod.RESOURCES_READ, McpMethod.RESOURCES_SUBSCRIBE, McpMethod.RESOURCES_UNSUBSCRIBE),
                about(McpMethod.Subject.URI));
        assertEquals(
                EnumSet.of(McpMethod.TASKS_GET, McpMethod.TASKS_RESULT, McpMethod.TASKS_UPDATE, McpMethod.TASKS_CANCEL),
                about(McpMethod.Subject.TASK_ID));
    }

    @Test
    void listsAreThoseThatAreAskedFor() {
        assertEquals(
                EnumSet.of(
                        McpMethod.TOOLS_LIST,
                        McpMethod.PROMPTS_LIST,
                        McpMethod.RESOURCES_LIST,
                        McpMethod.RESOURCES_TEMPLATES_LIST,
                        McpMethod.TASKS_LIST,
                        McpMethod.ROOTS_LIST),
                Arrays.stream(McpMethod.values()).filter(McpMethod::isList).collect(Collectors.toSet()));
    }

    private static Set<McpMethod> about(McpMethod.Subject subject) {
        return Arrays.stream(McpMethod.values())
                .filter(method -> method.subject() == subject)
                .collect(Collectors.toSet());
    }

    @Test
    void labelsAreDistinct() {
        assertEquals(
                McpMethod.values().length,
                Arrays.stream(McpMethod.values())
                        .map(McpMethod::label)
                        .distinct()
                        .count());
    }

    private static McpMethod of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return McpMethod.of(bytes, 0, bytes.length);
    }
}
