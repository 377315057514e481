package dev.outrigger.config.readiness;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What decides with the configuration whether it is fit for production: the process and the machine. Given as values, so that
 * the checklist itself looks at nothing.
 *
 * @param maxHeapBytes most that the heap may take
 * @param maxDirectBytes most that buffers may take
 * @param memoryLimitBytes of the container; empty if it has none
 * @param isRoot whether the process runs as user 0
 * @param secretFiles every file of the configuration that holds a secret
 * @param isAccessLogWritable whether the access log's file can be appended to; true if there is none
 * @param families names of the metric families that {@code /metrics} shows, counters with {@code _total}
 */
public record Surroundings(
        long maxHeapBytes,
        long maxDirectBytes,
        OptionalLong memoryLimitBytes,
        boolean isRoot,
        Map<Path, SecretFile> secretFiles,
        boolean isAccessLogWritable,
        Set<String> families) {

    public Surroundings {
        secretFiles = Map.copyOf(secretFiles);
        families = Set.copyOf(families);
    }

    /** Who may read a secret's file. */
    public enum SecretFile {
        MISSING,
        /** It is there, but not for this process. */
        UNREADABLE,
        /** Readable for this process, and not for everybody. */
        PRIVATE,
        /** Readable for everybody. */
        PUBLIC
    }
}
