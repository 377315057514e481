package dev.outrigger.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What the sidecar takes up at one moment.
 *
 * @param atSeconds since the load began
 */
record Sample(
        long atSeconds,
        long residentBytes,
        long directBytes,
        long heapBytes,
        long threads,
        long openFiles,
        long clientConnections,
        long exchanges) {
    static Sample of(long atSeconds, long pid, Scrape scrape) throws IOException {
        Path proc = Path.of("/proc", Long.toString(pid));
        String status = Files.readString(proc.resolve("status"));
        long openFiles;
        try (Stream<Path> open = Files.list(proc.resolve("fd"))) {
            openFiles = open.count();
        }
        return new Sample(
                atSeconds,
                number(status, "VmRSS:") * 1024,
                scrape.sum("outrigger_direct_memory_bytes"),
                scrape.sum("jvm_memory_used_bytes", "area=\"heap\""),
                number(status, "Threads:"),
                openFiles,
                scrape.sum("outrigger_downstream_connections"),
                scrape.sum("outrigger_exchanges_active"));
    }

    private static long number(String status, String name) {
        int at = status.indexOf(name) + name.length();
        String rest = status.substring(at).stripLeading();
        int end = 0;
        while (end < rest.length() && Character.isDigit(rest.charAt(end))) {
            end++;
        }
        return Long.parseLong(rest.substring(0, end));
    }
}
