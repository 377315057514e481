package dev.outrigger.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What tests want to know of a line of the access log.
 *
 * @param config generation of the configuration that handled it
 * @param requestId empty without one
 */
record AccessLine(
        long config,
        String requestId,
        String path,
        String route,
        String upstream,
        String endpoint,
        int status,
        String outcome,
        String stream,
        long attempts) {
    static List<AccessLine> read(Path file) throws IOException {
        return Files.readAllLines(file).stream().map(AccessLine::of).toList();
    }

    private static AccessLine of(String line) {
        if (!line.startsWith("{") || !line.endsWith("}")) {
            throw new AssertionError("not a whole line: " + line);
        }
        return new AccessLine(
                number(line, "config"),
                text(line, "request_id"),
                text(line, "path"),
                text(line, "route"),
                text(line, "upstream"),
                text(line, "endpoint"),
                (int) number(line, "status"),
                text(line, "outcome"),
                text(line, "stream"),
                number(line, "attempts"));
    }

    /** The values of these tests hold no escapes. */
    private static String text(String line, String name) {
        String start = "\"" + name + "\":\"";
        int at = line.indexOf(start);
        return at < 0 ? "" : line.substring(at + start.length(), line.indexOf('"', at + start.length()));
    }

    private static long number(String line, String name) {
        String start = "\"" + name + "\":";
        int at = line.indexOf(start);
        if (at < 0) {
            return 0;
        }
        int end = at + start.length();
        while (Character.isDigit(line.charAt(end))) {
            end++;
        }
        return Long.parseLong(line.substring(at + start.length(), end));
    }
}
