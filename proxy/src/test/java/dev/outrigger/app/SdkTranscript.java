package dev.outrigger.app;

import dev.outrigger.testing.Await;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.spec.McpError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/** What a scenario of the Java client saw, in order, without identifiers: no two runs have the same. */
final class SdkTranscript {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final Pattern IDENTIFIER =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    private final List<Object> steps = new ArrayList<>();
    private final List<String> received = new CopyOnWriteArrayList<>();

    void note(String step, Object value) {
        steps.add(List.of(step, value));
    }

    /** The result of an action, or the error it ended with. */
    void step(String name, Callable<?> action) {
        try {
            note(name, Objects.requireNonNullElse(action.call(), "nothing"));
        } catch (McpError e) {
            note(name, Map.of("error", Objects.requireNonNullElse(e.getJsonRpcError(), e.getMessage())));
        } catch (Exception e) {
            throw new AssertionError(name, e);
        }
    }

    /** What the server sent of its own accord. The client hands it to one thread each, so that its order means nothing. */
    void receive(String kind, Object value) {
        received.add(kind + ' ' + json(value));
    }

    void awaitReceived(int count) {
        Await.until("the client has received " + count, DEADLINE, () -> received.size() >= count);
    }

    String text() {
        return json(List.of(steps, received.stream().sorted().toList()));
    }

    private static String json(Object value) {
        try {
            String json = McpJsonDefaults.getMapper().writeValueAsString(value);
            return IDENTIFIER.matcher(json).replaceAll("<random>");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
