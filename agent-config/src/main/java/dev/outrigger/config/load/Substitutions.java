package dev.outrigger.config.load;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigResolver;
import com.typesafe.config.ConfigValue;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Resolves {@code ${…}} from the file itself and from the environment passed in, never from system properties: what a file
 * means depends on nothing that an operator cannot see in it or in the pod's specification.
 */
final class Substitutions {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{\\??([^}]+)}");

    private static final String PREFIX = "Could not resolve substitution to a value: ";
    private static final String CYCLE = "part of a cycle";

    private final Map<String, String> environment;

    Substitutions(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /**
     * The resolved root, or null if something is not set; then the findings name everything that is not. The library stops at
     * the first one, so each is stood in for and the next round finds the next.
     */
    @Nullable
    ConfigObject resolve(String name, Config parsed, Findings findings) {
        Map<String, String> known = new HashMap<>(environment);
        boolean isComplete = true;
        while (true) {
            try {
                ConfigObject root = parsed.resolve(options(known)).root();
                return isComplete ? root : null;
            } catch (ConfigException.UnresolvedSubstitution e) {
                isComplete = false;
                String message = HoconSource.message(e);
                Matcher reference = REFERENCE.matcher(message);
                if (!reference.find() || message.contains(CYCLE) || known.putIfAbsent(reference.group(1), "") != null) {
                    findings.problem(HoconSource.place(name, e), "", message.replace(PREFIX, ""), "");
                    return null;
                }
                String value = reference.group() + " is not set";
                findings.problem(HoconSource.place(name, e), "", value, "a key or an environment variable");
            }
        }
    }

    private static ConfigResolveOptions options(Map<String, String> known) {
        return ConfigResolveOptions.noSystem().appendResolver(new Variables(known));
    }

    /** Looks up what the file itself does not define. */
    private record Variables(Map<String, String> variables) implements ConfigResolver {
        @Override
        public @Nullable ConfigValue lookup(String path) {
            String value = variables.get(path);
            return value == null ? null : Environment.value(path, value);
        }

        /** There is no other resolver to fall back to. */
        @Override
        public ConfigResolver withFallback(ConfigResolver fallback) {
            return this;
        }
    }
}
