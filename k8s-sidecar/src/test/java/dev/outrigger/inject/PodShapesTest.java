package dev.outrigger.inject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.inject.Injection.Injected;
import dev.outrigger.inject.Injection.Refused;
import dev.outrigger.inject.Injection.Untouched;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pods of every shape that matters, each beside what becomes of it: {@code NAME.yaml} and {@code NAME.injected.yaml}, {@code
 * NAME.untouched.txt} or {@code NAME.refused.txt}. {@code -Dgoldens.write=true} writes the second ones anew, to be read before
 * they are committed.
 */
class PodShapesTest {
    private static final Path SHAPES = Path.of("src/test/resources/pods");
    private static final int FEWEST = 25;

    static List<String> shapes() throws IOException {
        try (Stream<Path> files = Files.list(SHAPES)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".yaml") && !name.endsWith(".injected.yaml"))
                    .map(name -> name.substring(0, name.length() - ".yaml".length()))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void becomesWhatStandsBesideIt(String shape) throws IOException {
        Injection injection = inject(shape);

        Path golden = SHAPES.resolve(shape + suffix(injection));
        if (Boolean.getBoolean("goldens.write")) {
            Files.writeString(golden, text(injection));
        }
        assertEquals(Files.readString(golden), text(injection), golden.toString());
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void isAPodThatKubernetesKnows(String shape) throws IOException {
        StrictModels.parse(Yaml.read(SHAPES.resolve(shape + ".yaml")));
        if (inject(shape) instanceof Injected injected) {
            StrictModels.parse(injected.pod());
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void isTheSameInjectedTwice(String shape) throws IOException {
        if (inject(shape) instanceof Injected injected) {
            Injection again = new PodInjector(SettingsFile.defaults()).inject(injected.pod(), "again");

            assertInstanceOf(Untouched.class, again);
        }
    }

    @Test
    void thereAreEnoughShapes() throws IOException {
        long injected = 0;
        for (String shape : shapes()) {
            injected += inject(shape) instanceof Injected ? 1 : 0;
        }

        assertTrue(injected >= FEWEST, "injected: " + injected);
    }

    private static Injection inject(String shape) throws IOException {
        ObjectNode pod = Yaml.read(SHAPES.resolve(shape + ".yaml"));
        ObjectNode before = pod.deepCopy();
        Injection injection = new PodInjector(SettingsFile.defaults()).inject(pod, shape);
        assertEquals(before, pod, "the pod that was asked about");
        return injection;
    }

    private static String suffix(Injection injection) {
        if (injection instanceof Injected) {
            return ".injected.yaml";
        }
        return injection instanceof Refused ? ".refused.txt" : ".untouched.txt";
    }

    private static String text(Injection injection) throws IOException {
        if (injection instanceof Injected injected) {
            StringBuilder text = new StringBuilder();
            injected.warnings()
                    .forEach(warning -> text.append("# ").append(warning).append('\n'));
            return text + Yaml.write(injected.pod());
        }
        return injection instanceof Refused refused
                ? String.join("\n", refused.problems()) + '\n'
                : ((Untouched) injection).why() + '\n';
    }
}
