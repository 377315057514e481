package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.mcp.McpFacts.Kind;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Messages as they stand on the wire, of every revision and both directions, and malformed ones. The name of a file says what
 * must be found in it: its revision (or {@code odd}, {@code malformed}), then its kind.
 */
class McpCorpusTest {
    private static final int MUTATIONS = 60;

    static Stream<Path> corpus() throws IOException, URISyntaxException {
        URL directory = McpCorpusTest.class.getResource("/mcp-corpus");
        assertTrue(directory != null, "no corpus");
        try (Stream<Path> files = Files.list(Path.of(directory.toURI()))) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void isReadAsTheNaiveReadingReadsIt(Path file) throws IOException {
        byte[] body = Files.readAllBytes(file);
        Scan actual = Scan.whole(body);

        assertEquals(NaiveScan.of(body).kind(), actual.kind());
        if (actual.kind() != Kind.INVALID) {
            assertEquals(NaiveScan.of(body), actual);
        }
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void isOfTheKindThatItsNameSays(Path file) throws IOException {
        String name = file.getFileName().toString();
        Kind kind = Scan.whole(Files.readAllBytes(file)).kind();
        String said = name.split("\\.", -1)[1];
        switch (said) {
            case "request" -> assertEquals(Kind.REQUEST, kind);
            case "notification" -> assertEquals(Kind.NOTIFICATION, kind);
            case "answer" -> assertEquals(Kind.RESPONSE, kind);
            case "batch" -> assertEquals(Kind.BATCH, kind);
            default -> assertEquals(name.startsWith("malformed."), kind == Kind.INVALID);
        }
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void readsTheSameHoweverItIsCut(Path file) throws IOException {
        byte[] body = Files.readAllBytes(file);
        Scan whole = Scan.whole(body);

        for (int cut = 0; cut <= body.length; cut++) {
            assertEquals(whole, Scan.cut(body, cut), "cut at " + cut);
        }
        assertEquals(whole, Scan.bytewise(body), "one byte at a time");
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void ruinedItNeverThrowsAndReadsTheSameHoweverItIsCut(Path file) throws IOException {
        Random random = new Random(file.getFileName().toString().hashCode());
        byte[] body = Files.readAllBytes(file);
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] ruined = Messages.ruined(body, random);
            Scan whole = Scan.whole(ruined);

            assertEquals(NaiveScan.of(ruined).kind(), whole.kind());
            assertEquals(whole, Scan.cut(ruined, random.nextInt(ruined.length + 1)));
            assertEquals(whole, Scan.bytewise(ruined));
        }
    }

    @Test
    void oneScannerReadsThemAllInTurn() throws IOException, URISyntaxException {
        McpScanner scanner = new McpScanner();
        for (Path file : corpus().toList()) {
            byte[] body = Files.readAllBytes(file);

            assertEquals(
                    Scan.whole(body), Scan.pieces(scanner, List.of(Unpooled.wrappedBuffer(body))), file.toString());
            scanner.reset();
        }
    }
}
