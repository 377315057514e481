package dev.outrigger.app;

import com.sun.management.OperatingSystemMXBean;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.config.model.Secret;
import dev.outrigger.config.readiness.Surroundings;
import dev.outrigger.config.readiness.Surroundings.SecretFile;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The surroundings of this process, for the checklist. The launcher gives every command the same limits, so what holds for a
 * check holds for a run in the same container.
 */
final class HostSurroundings {
    private static final Path MEMORY_OF_THE_MACHINE = Path.of("/proc/meminfo");
    private static final Pattern MEMORY_TOTAL = Pattern.compile("(?m)^MemTotal:\\s+(\\d+) kB$");
    private static final int ROOT = 0;

    private HostSurroundings() {}

    static Surroundings of(ProxyConfig config) {
        return new Surroundings(
                Runtime.getRuntime().maxMemory(),
                PlatformDependent.maxDirectMemory(),
                memoryLimitBytes(),
                isRoot(),
                secretFiles(config),
                isWritable(config.telemetry().accessLog().path()),
                MetricFamilies.exposed());
    }

    /** The JVM knows its control group of either version, and all above it; without a limit it tells the machine's memory. */
    private static OptionalLong memoryLimitBytes() {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system)) {
            return OptionalLong.empty();
        }
        try {
            Matcher total = MEMORY_TOTAL.matcher(Files.readString(MEMORY_OF_THE_MACHINE));
            long limitBytes = system.getTotalMemorySize();
            boolean isLimited = total.find() && limitBytes < Long.parseLong(total.group(1)) * 1024;
            return isLimited ? OptionalLong.of(limitBytes) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    private static boolean isRoot() {
        try {
            return Integer.valueOf(ROOT).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException e) {
            return "root".equals(System.getProperty("user.name"));
        }
    }

    private static Map<Path, SecretFile> secretFiles(ProxyConfig config) {
        Map<Path, SecretFile> files = new HashMap<>();
        Stream.of(
                        config.admin().token(),
                        config.telemetry().prometheus().token(),
                        config.telemetry().tracing().headers())
                .flatMap(Optional::stream)
                .map(Secret::file)
                .flatMap(Optional::stream)
                .forEach(file -> files.put(file, access(file)));
        return files;
    }

    private static SecretFile access(Path file) {
        if (!Files.exists(file)) {
            return SecretFile.MISSING;
        }
        if (!Files.isReadable(file)) {
            return SecretFile.UNREADABLE;
        }
        try {
            return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)
                    ? SecretFile.PUBLIC
                    : SecretFile.PRIVATE;
        } catch (IOException | UnsupportedOperationException e) {
            return SecretFile.UNREADABLE;
        }
    }

    /** @param path of the access log; empty and - are no files */
    private static boolean isWritable(String path) {
        if (path.isEmpty() || path.equals("-")) {
            return true;
        }
        Path file = Path.of(path).toAbsolutePath();
        Path directory = file.getParent();
        return Files.exists(file)
                ? Files.isWritable(file) && !Files.isDirectory(file)
                : directory != null && Files.isDirectory(directory) && Files.isWritable(directory);
    }
}
