package dev.outrigger.config.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that nobody may see: a token, or headers that hold one. It is in a file, which is read when it is needed and not
 * with the configuration, so that a renewed secret needs no new configuration; or it is the value of an environment variable.
 *
 * <p>A class and not a record, whose accessors and text would show the value: the only way to it is {@link #read}.
 */
public final class Secret {
    /** More than any token, less than a file that was named by mistake. */
    private static final int LONGEST_FILE_BYTES = 4096;

    private final @Nullable Path file;
    private final String value;
    private final String origin;

    private Secret(@Nullable Path file, String value, String origin) {
        this.file = file;
        this.value = value;
        this.origin = origin;
    }

    /** A secret that a file holds. The file need not be there yet. */
    public static Secret file(Path file) {
        return new Secret(file, "", "");
    }

    /** @param origin what gave the value, usually the name of an environment variable */
    public static Secret value(String value, String origin) {
        return new Secret(null, value, origin);
    }

    /**
     * The secret as it stands there, blanks and line ends included. Reads the file each time, so not for an event loop.
     *
     * @throws IOException if the file cannot be read or is longer than 4 KiB; the message names the file and never what it
     *     holds
     */
    public String read() throws IOException {
        if (file == null) {
            return value;
        }
        try {
            if (Files.size(file) > LONGEST_FILE_BYTES) {
                throw new IOException("longer than " + LONGEST_FILE_BYTES + " bytes");
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new IOException("file " + file + " cannot be read, expected a readable file with a secret: " + e, e);
        }
    }

    /** The file that holds it; empty for a value of the environment. */
    public Optional<Path> file() {
        return Optional.ofNullable(file);
    }

    /** Secrets are equal that come from the same file, whatever it holds by now, or have the same value. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret secret && Objects.equals(file, secret.file) && value.equals(secret.value);
    }

    @Override
    public int hashCode() {
        return Objects.hash(file, value);
    }

    /** Where it comes from, to follow a noun: {@code file /run/secrets/token} or {@code from METRICS_TOKEN}. */
    @Override
    public String toString() {
        return file == null ? "from " + origin : "file " + file;
    }
}
