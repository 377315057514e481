package dev.outrigger.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which ports of this network a process still uses, by the kernel's own tables of TCP: those it listens to, and those at its end
 * of a connection. A connection that is only waiting for the other end to go is nobody's any more.
 */
final class UsedPorts {
    /** Of the kernel's {@code include/net/tcp_states.h}: established, SYN received, closed by the other end alone, listening. */
    private static final Set<String> USED = Set.of("01", "03", "08", "0A");

    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;
    private static final int HEXADECIMAL = 16;

    private final Path tables;

    /** @param tables the directory with {@code tcp} and {@code tcp6}, {@code /proc/net} */
    UsedPorts(Path tables) {
        this.tables = tables;
    }

    /** @throws IOException if there are no such tables */
    boolean hasAny(List<Integer> ports) throws IOException {
        if (hasAny(ports, Files.readAllLines(tables.resolve("tcp")))) {
            return true;
        }
        try {
            return hasAny(ports, Files.readAllLines(tables.resolve("tcp6")));
        } catch (NoSuchFileException e) {
            // A kernel without IPv6.
            return false;
        }
    }

    private static boolean hasAny(List<Integer> ports, List<String> lines) {
        return lines.stream().skip(1).flatMap(UsedPorts::port).anyMatch(ports::contains);
    }

    /** As {@code 0: 0100007F:1F90 00000000:0000 0A …}, numbers in hexadecimal. */
    private static Stream<Integer> port(String line) {
        String[] fields = line.strip().split("\\s+", STATE + 2);
        if (fields.length <= STATE || !USED.contains(fields[STATE])) {
            return Stream.empty();
        }
        String address = fields[LOCAL_ADDRESS];
        return Stream.of(Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), HEXADECIMAL));
    }
}
