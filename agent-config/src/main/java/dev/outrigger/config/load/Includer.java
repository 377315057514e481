package dev.outrigger.config.load;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigParseOptions;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Includes files and remembers each one, those that are missing too: one that appears changes the configuration as much as
 * one that is edited. The library's own includer tells of neither, and looks on the class path for what is not beside the
 * including file.
 */
final class Includer implements ConfigIncluder, ConfigIncluderFile {
    private static final List<String> SUFFIXES = List.of(".conf", ".json");

    /** Files that include each other end here; nobody nests so deep on purpose. */
    private static final int DEEPEST = 20;

    private final Path including;
    private final int depth;
    private final Set<Path> files;

    /**
     * @param including the file whose includes these are
     * @param files takes the absolute path of each included one
     */
    Includer(Path including, Set<Path> files) {
        this(including, 0, files);
    }

    private Includer(Path including, int depth, Set<Path> files) {
        this.including = including;
        this.depth = depth;
        this.files = files;
    }

    /** How to parse a file so that its includes come here. */
    ConfigParseOptions options() {
        return ConfigParseOptions.defaults().setAllowMissing(false).setIncluder(this);
    }

    /** {@code include "more.conf"}: beside the including file; a name without a suffix may have any that the form knows. */
    @Override
    public ConfigObject include(ConfigIncludeContext context, String name) {
        Path file = path(name);
        boolean isWhole = SUFFIXES.stream().anyMatch(name::endsWith);
        List<Path> candidates = isWhole
                ? List.of(file)
                : SUFFIXES.stream()
                        .map(suffix -> file.resolveSibling(file.getFileName() + suffix))
                        .toList();
        return read(context, name, candidates);
    }

    /** {@code include file("more.conf")}: from the working directory, as the form has it. */
    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File file) {
        return read(context, file.getPath(), List.of(file.toPath()));
    }

    /** There is no other includer to fall back to. */
    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
        return this;
    }

    private ConfigObject read(ConfigIncludeContext context, String name, List<Path> candidates) {
        candidates.forEach(candidate -> files.add(candidate.toAbsolutePath()));
        List<Path> present = candidates.stream().filter(Files::isRegularFile).toList();
        if (present.isEmpty() && !context.parseOptions().getAllowMissing()) {
            throw missing(name);
        }
        if (!present.isEmpty() && depth == DEEPEST) {
            throw new ConfigException.Parse(origin(name), "files that include each other");
        }
        ConfigObject all = ConfigFactory.empty().root();
        for (Path file : present) {
            ConfigParseOptions options = new Includer(file, depth + 1, files).options();
            all = all.withFallback(
                    ConfigFactory.parseFile(file.toFile(), options).root());
        }
        return all;
    }

    private Path path(String name) {
        try {
            return including.resolveSibling(name);
        } catch (InvalidPathException e) {
            throw missing(name);
        }
    }

    private ConfigException missing(String name) {
        return new ConfigException.IO(origin(name), name);
    }

    private ConfigOrigin origin(String name) {
        return ConfigOriginFactory.newFile(including.toString()).withLineNumber(line(name));
    }

    /** The parser does not tell which line asks for a file. Lines count from 1; -1 if it cannot be told. */
    private int line(String name) {
        try (Stream<String> lines = Files.lines(including)) {
            List<String> all = lines.toList();
            for (int i = 0; i < all.size(); i++) {
                if (all.get(i).contains("include") && all.get(i).contains('"' + name + '"')) {
                    return i + 1;
                }
            }
        } catch (IOException e) {
            return -1;
        }
        return -1;
    }
}
