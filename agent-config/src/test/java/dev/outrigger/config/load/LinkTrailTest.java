package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LinkTrailTest {
    @TempDir
    private Path temporary;

    private Path directory = Path.of("");

    @BeforeEach
    void resolveLinksBeforeTheTest() throws IOException {
        directory = temporary.toRealPath();
    }

    @Test
    void aPlainFileIsItsNameInItsDirectory() throws IOException {
        Path file = Files.writeString(directory.resolve("a.conf"), "");
        Path second = Files.writeString(directory.resolve("b.conf"), "");

        assertEquals(Map.of(directory, Set.of("a.conf", "b.conf")), LinkTrail.of(List.of(file, second)));
    }

    @Test
    void aMountedConfigMapIsTheFileTheDataLinkAndWhatItLeadsTo() throws IOException {
        Path data = Files.createDirectory(directory.resolve("..2026_11_21"));
        Files.writeString(data.resolve("app.conf"), "");
        Files.createSymbolicLink(directory.resolve("..data"), Path.of("..2026_11_21"));
        Path file = Files.createSymbolicLink(directory.resolve("app.conf"), Path.of("..data/app.conf"));

        assertEquals(
                Map.of(directory, Set.of("app.conf", "..data"), data, Set.of("app.conf")), LinkTrail.of(List.of(file)));
    }

    @Test
    void linksToDirectoriesAbsoluteOnesAndStepsUpAreFollowed() throws IOException {
        Path real = Files.createDirectories(directory.resolve("real/deep"));
        Path other = Files.createDirectory(directory.resolve("other"));
        Files.writeString(other.resolve("a.conf"), "");
        Files.createSymbolicLink(real.resolve("a.conf"), Path.of("../../other/a.conf"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), real);

        assertEquals(
                Map.of(directory, Set.of("link"), real, Set.of("a.conf"), other, Set.of("a.conf")),
                LinkTrail.of(List.of(link.resolve("a.conf"))));
    }

    @Test
    void ofWhatIsMissingTheFirstMissingNameCounts() throws IOException {
        Path dangling = Files.createSymbolicLink(directory.resolve("a.conf"), Path.of("gone/a.conf"));

        assertEquals(
                Map.of(directory, Set.of("a.conf", "gone", "nowhere")),
                LinkTrail.of(List.of(dangling, directory.resolve("nowhere/deep/b.conf"))));
    }

    @Test
    void aLoopOfLinksEnds() throws IOException {
        Path one = directory.resolve("one");
        Files.createSymbolicLink(one, Path.of("two"));
        Files.createSymbolicLink(directory.resolve("two"), Path.of("one"));

        assertEquals(Map.of(directory, Set.of("one", "two")), LinkTrail.of(List.of(one)));
    }
}
