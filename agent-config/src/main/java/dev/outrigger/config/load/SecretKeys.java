package dev.outrigger.config.load;

import com.typesafe.config.ConfigValue;
import dev.outrigger.config.model.Secret;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The two keys of a secret: {@code KEY-file} names the file that holds it, {@code KEY} holds it and is only taken from the
 * environment. A configuration file is copied, reviewed and committed; a secret in it is a secret no more, so it is refused.
 */
final class SecretKeys {
    static final String FILE_SUFFIX = "-file";

    /** An empty value asks for nothing, like an empty file name. */
    private static final Secret NONE = Secret.value("", "");

    private SecretKeys() {}

    /**
     * The secret, if either key names one.
     *
     * @param variable the environment variable that usually gives the value
     */
    static Optional<Secret> read(ConfigReader reader, String key, String variable) {
        String fileKey = key + FILE_SUFFIX;
        String file = reader.read(fileKey, Kinds.FILE_OR_EMPTY);
        String expected = "in a file named by " + fileKey + " or in the environment variable " + variable;
        ValueKind<Secret> kind = ValueKind.secret(expected, NONE, SecretKeys::fromEnvironment);
        Optional<Secret> value = reader.readIfSet(key, kind).filter(secret -> !secret.equals(NONE));
        if (value.isPresent() && !file.isEmpty()) {
            reader.contradict(key, "a second secret", "only one of " + key + " and " + fileKey);
        }
        return value.isPresent() || file.isEmpty() ? value : Optional.of(Secret.file(Path.of(file)));
    }

    /** Null for a value of a file. */
    private static @Nullable Secret fromEnvironment(ConfigValue value) {
        String text = ValueText.ofScalar(value);
        String variable = Environment.variable(value.origin());
        return text == null || variable.isEmpty() ? null : Secret.value(text, variable);
    }
}
