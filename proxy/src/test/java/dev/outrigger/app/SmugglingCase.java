package dev.outrigger.app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * One request of the corpus, see its README.
 *
 * @param expect {@code passed}, {@code broken}, or {@code refused} and a status
 * @param seen what the upstream sees if it passes: method, target and bytes of the body of each request
 * @param request the bytes to send
 */
record SmugglingCase(String name, String source, String expect, List<String> seen, byte[] request) {
    private static final Path DIRECTORY = Path.of("src", "test", "resources", "smuggling");

    /** The whole corpus, by name. */
    static List<SmugglingCase> all() {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.filter(file -> file.toString().endsWith(".http"))
                    .sorted()
                    .map(SmugglingCase::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SmugglingCase read(Path file) {
        try {
            String name = file.getFileName().toString().replace(".http", "");
            String text = Files.readString(file).replace("/attack", "/attack-" + name);
            int headEnd = text.indexOf("\n\n");
            List<String> head = text.substring(0, headEnd).lines().toList();
            return new SmugglingCase(
                    name,
                    values(head, "source").get(0),
                    values(head, "expect").get(0),
                    values(head, "seen"),
                    bytes(text.substring(headEnd).replace("\n", "")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> values(List<String> head, String name) {
        return head.stream()
                .filter(line -> line.startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2))
                .toList();
    }

    private static byte[] bytes(String escaped) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c != '\\') {
                bytes.write(c);
                continue;
            }
            char kind = escaped.charAt(++i);
            switch (kind) {
                case 'r' -> bytes.write('\r');
                case 'n' -> bytes.write('\n');
                case 't' -> bytes.write('\t');
                case '0' -> bytes.write(0);
                case '\\' -> bytes.write('\\');
                case 'x' -> {
                    bytes.write(Integer.parseInt(escaped.substring(i + 1, i + 3), 16));
                    i += 2;
                }
                default -> throw new IllegalArgumentException("unknown escape \\" + kind);
            }
        }
        return bytes.toByteArray();
    }

    /** The status of the answer; only of what is refused. */
    int status() {
        return Integer.parseInt(expect.substring("refused ".length()));
    }

    /** The path that it asks for; in the files it is {@code /attack} for all. */
    String target() {
        return "/attack-" + name;
    }

    @Override
    public String toString() {
        return name;
    }
}
