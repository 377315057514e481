package dev.outrigger.config.load;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Parses HOCON with its includes. What the parser throws becomes one problem with file and line, as it stops at the first. */
final class HoconSource {
    /** What the parser says of every brace that is not closed, too, whether or not there is a parenthesis. */
    private static final String UNCLOSED = "expecting a close parentheses ')' here, not: end of file";

    private final Substitutions substitutions;
    private final Findings findings;
    private final Set<Path> files = new LinkedHashSet<>();

    HoconSource(Substitutions substitutions, Findings findings) {
        this.substitutions = substitutions;
        this.findings = findings;
    }

    /** The absolute paths of all files looked at so far, whether or not they are there. */
    Set<Path> files() {
        return files;
    }

    /** The resolved root of a file, or null if there is none; then the findings say why. */
    @Nullable
    ConfigObject file(Path file) {
        files.add(file.toAbsolutePath());
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            String value = Files.isDirectory(file) ? "a directory" : Files.exists(file) ? "not readable" : "not found";
            findings.problem(new Place(file.toString(), 0), "", value, "a configuration file");
            return null;
        }
        ConfigParseOptions options = new Includer(file, files).options();
        return read(file.toString(), () -> ConfigFactory.parseFile(file.toFile(), options));
    }

    /**
     * The resolved root of a text, or null if there is none; then the findings say why.
     *
     * @param name stands for the file; includes are relative to it
     */
    @Nullable
    ConfigObject text(String name, String hocon) {
        ConfigParseOptions options =
                new Includer(Path.of(name), files).options().setOriginDescription(name);
        return read(name, () -> ConfigFactory.parseString(hocon, options));
    }

    private @Nullable ConfigObject read(String name, Supplier<Config> parser) {
        try {
            return substitutions.resolve(name, parser.get(), findings);
        } catch (ConfigException.IO e) {
            findings.problem(place(name, e), "", ValueText.quoted(message(e)) + " cannot be read", "a file to include");
        } catch (ConfigException e) {
            String message = message(e);
            if (message.equals(UNCLOSED)) {
                findings.problem(place(name, e), "", "the file ends", "a closing brace or parenthesis");
            } else {
                findings.problem(place(name, e), "", "syntax error: " + message, "");
            }
        }
        return null;
    }

    static Place place(String name, ConfigException e) {
        ConfigOrigin origin = e.origin();
        return origin == null ? new Place(name, 0) : Place.of(origin);
    }

    /** The parser's words without the place, which is told apart, and without its advice, which is longer than the rest. */
    static String message(ConfigException e) {
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        ConfigOrigin origin = e.origin();
        if (origin != null && message.startsWith(origin.description() + ": ")) {
            message = message.substring(origin.description().length() + 2);
        }
        int advice = message.indexOf(" (");
        int trace = message.indexOf(" Trace:");
        int end = Math.min(advice < 0 ? message.length() : advice, trace < 0 ? message.length() : trace);
        return message.substring(0, end);
    }
}
