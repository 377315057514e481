package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** {@code reference.conf} and the code that reads it say the same. */
final class ReferenceTest {
    @Test
    void everyKeyThatIsReadStandsInTheReferenceAndTheOtherWayRound() {
        Findings findings = new Findings();
        ConfigObject root = ConfigFactory.parseString(Loads.COMPLETE).root();
        Loads.config(ConfigLoader.load("test.conf", root, findings));

        Set<String> written = new TreeSet<>();
        visit("", Reference.load(ConfigLoader.ROOT), (path, value) -> written.add(path));

        assertEquals(written, new TreeSet<>(findings.defaultsRead()));
    }

    @Test
    void everyKeyHasAComment() {
        List<String> bare = new ArrayList<>();
        visit("", Reference.load(ConfigLoader.ROOT), (path, value) -> {
            if (value.origin().comments().isEmpty()) {
                bare.add(path);
            }
        });

        assertEquals(List.of(), bare);
    }

    @Test
    void theReferenceSetsNothingUp() {
        ConfigObject reference = Reference.load(ConfigLoader.ROOT);

        List<String> problems = Loads.problems(ConfigLoader.load("reference.conf", reference, new Findings()));

        assertEquals(
                List.of("outrigger.listeners", "outrigger.routes", "outrigger.upstreams"),
                problems.stream()
                        .map(problem -> problem.split(": ", -1)[1])
                        .sorted()
                        .toList());
    }

    @Test
    void aReferenceOfAnotherLibraryIsNotTakenForOurs() throws IOException {
        ClassLoader classPath = ReferenceTest.class.getClassLoader();
        assertEquals(2, Collections.list(classPath.getResources(Reference.FILE)).size());

        assertEquals(
                Set.of(ConfigLoader.ROOT), Reference.load(ConfigLoader.ROOT).keySet());
    }

    /** Visits what holds a value of its own: everything but blocks with keys in them. */
    private static void visit(String path, ConfigObject object, BiConsumer<String, ConfigValue> visitor) {
        for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
            String entryPath = ValueText.path(path, entry.getKey());
            if (entry.getValue() instanceof ConfigObject inner && !inner.isEmpty()) {
                visit(entryPath, inner, visitor);
            } else {
                visitor.accept(entryPath, entry.getValue());
            }
        }
    }
}
