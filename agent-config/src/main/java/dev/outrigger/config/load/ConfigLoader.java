package dev.outrigger.config.load;

import com.typesafe.config.ConfigObject;
import dev.outrigger.config.load.LoadResult.Loaded;
import dev.outrigger.config.load.LoadResult.Refused;
import dev.outrigger.config.model.ProxyConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Loads a configuration: HOCON with includes and substitutions, completed by {@code reference.conf}, checked as a whole.
 * Everything under the root {@code outrigger} must be known; nothing may stand beside it. Environment variables lie over the
 * file, see {@link Overrides} and {@link Aliases}.
 *
 * <p>Reads files, so it is for start-up and the control thread, never for an event loop. Keeps no state between loads.
 */
public final class ConfigLoader {
    static final String ROOT = "outrigger";

    private final Map<String, String> environment;
    private final Substitutions substitutions;

    /** A loader that sees this process's environment. */
    public ConfigLoader() {
        this(System.getenv());
    }

    /** @param environment what substitutions such as {@code ${?PORT}} see, and what may lie over the file */
    public ConfigLoader(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
        this.substitutions = new Substitutions(environment);
    }

    /** Loads a file; includes are relative to it. A missing file is a problem like any other. */
    public LoadResult load(Path file) {
        Findings findings = new Findings();
        HoconSource source = new HoconSource(substitutions, findings);
        Optional<ProxyConfig> config = read(file.toString(), source.file(file), environment, findings);
        return result(config, findings, source.files());
    }

    /**
     * Loads a configuration that is no file.
     *
     * @param name stands for the file in problems
     */
    public LoadResult loadString(String name, String hocon) {
        Findings findings = new Findings();
        HoconSource source = new HoconSource(substitutions, findings);
        Optional<ProxyConfig> config = read(name, source.text(name, hocon), environment, findings);
        return result(config, findings, source.files());
    }

    /** Loads what is parsed already. */
    static LoadResult load(String name, ConfigObject whole, Findings findings) {
        return result(read(name, whole, Map.of(), findings), findings, Set.of());
    }

    private static LoadResult result(Optional<ProxyConfig> config, Findings findings, Set<Path> files) {
        List<ConfigProblem> problems = findings.problems();
        return config.isPresent() && problems.isEmpty()
                ? new Loaded(config.get(), files)
                : new Refused(problems, files);
    }

    /** @param parsed null if there is nothing to read and the findings say why */
    private static Optional<ProxyConfig> read(
            String name, @Nullable ConfigObject parsed, Map<String, String> environment, Findings findings) {
        if (parsed == null) {
            return Optional.empty();
        }
        Overlay overlay = new Overlay(parsed);
        new Aliases(environment, findings).apply(overlay);
        new Overrides(environment, findings).apply(overlay);
        ConfigObject whole = overlay.root();
        ConfigReader top = ConfigReader.root(whole, Reference.all(), findings);
        ConfigReader own = top.section(ROOT);
        top.finish();
        if (whole.get(ROOT) instanceof ConfigObject) {
            return Optional.of(new ProxySection(own, findings).read());
        }
        if (findings.problems().isEmpty()) {
            findings.problem(new Place(name, 1), ROOT, "missing", "an object that holds the whole configuration");
        }
        return Optional.empty();
    }
}
