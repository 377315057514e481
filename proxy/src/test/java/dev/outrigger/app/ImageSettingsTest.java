package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The image runs what the launcher of a work tree runs; it has no shell to run that launcher. */
final class ImageSettingsTest {
    private static final Pattern OPTION = Pattern.compile("(?:^|[\\s(])(-(?:X|-|D)[^\\s\")]+)");

    @Test
    void theImagesOptionsAreTheLaunchersForJava25() throws IOException {
        Set<String> launcher =
                options(between(text("outrigger"), "\nflags=(", "if [ -n \"${OUTRIGGER_JAVA_OPTS:-}\" ]"));
        // The heap is the launcher's in both, as a variable may say another one.
        launcher.removeIf(option -> option.startsWith("-Xmx") || option.startsWith("-Xmn"));
        // Behind the cache, as it is no option of older versions.
        launcher.add("-XX:-AOTReplayTraining");
        assertTrue(text("outrigger").contains("-XX:-AOTReplayTraining"));

        Set<String> image = options(text("docker/jvm.options"));
        assertTrue(image.removeIf(option -> option.startsWith("-Djava.library.path=")));
        assertEquals(launcher, image);
    }

    @Test
    void theHeapIsTheSameInBothLaunchersAndInTheTraining() throws IOException {
        assertTrue(text("outrigger").contains("-Xmx128m -Xmn8m"));
        assertTrue(text("docker/launcher.c").contains("\"-Xmx128m\"")
                && text("docker/launcher.c").contains("\"-Xmn8m\""));
        Matcher training = Pattern.compile("\"-Xmx128m\", \"-Xmn8m\"").matcher(text("docker/Dockerfile"));
        assertEquals(2, training.results().count(), "once to train, once to prove that the cache fits");
    }

    @Test
    void theImageIsMadeForAUserWithoutRightsAndAFileSystemThatStaysAsItIs() throws IOException {
        String dockerfile = text("docker/Dockerfile");
        String image = dockerfile.substring(dockerfile.lastIndexOf("\nFROM "));
        assertTrue(image.contains("\nUSER 1337:1337\n"), image);
        assertFalse(Pattern.compile("(?m)^(RUN|VOLUME) ").matcher(image).find(), image);
        assertTrue(image.contains("CMD [\"/opt/outrigger/bin/outrigger\", \"check-health\"]"), image);
        assertTrue(image.contains("\nENTRYPOINT [\"/opt/outrigger/bin/outrigger\"]\n"), image);
    }

    @Test
    void nothingComesFromAPlaceThatIsNamedOutsideTheArguments() throws IOException {
        Set<String> sources = Pattern.compile("(?m)^FROM (?:--platform=\\S+ )?(\\S+)")
                .matcher(text("docker/Dockerfile"))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(Set.of("${JDK_IMAGE}", "${BASE_IMAGE}", "scratch", "assembled"), sources);
    }

    @Test
    void wherePomXmlIsNotAtHandTheVersionIsTheSame() throws IOException {
        Matcher version = Pattern.compile("(?m)^  <version>(.*)</version>$").matcher(text("pom.xml"));
        assertTrue(version.find());
        for (String file : new String[] {
            "docker/Dockerfile", "docker/docker-compose.yml", "docker/docker-compose.prod.yml", "docker/README.md"
        }) {
            Set<String> named = Pattern.compile("(?:ARG VERSION=|[ -]outrigger:|OUTRIGGER_VERSION:-)(\\d[^}\\s]*)")
                    .matcher(text(file))
                    .results()
                    .map(match -> match.group(1))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(Set.of(version.group(1)), named, file);
        }
    }

    private static Set<String> options(String text) {
        // Comments may speak of options.
        String bare = text.replaceAll("(?m)^\\s*#.*$", "");
        return OPTION.matcher(bare)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String between(String text, String start, String end) {
        int from = text.indexOf(start);
        int to = text.indexOf(end);
        assertTrue(from >= 0 && to > from, "the launcher has another shape by now");
        return text.substring(from, to);
    }

    private static String text(String file) throws IOException {
        return Files.readString(Finished.root().resolve(file));
    }
}
