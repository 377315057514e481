package dev.outrigger.config.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecretTest {
    @TempDir
    private Path directory;

    @Test
    void aFileIsReadAnewEachTime() throws IOException {
        Path file = Files.writeString(directory.resolve("token"), "first");
        Secret secret = Secret.file(file);

        assertEquals("first", secret.read());
        Files.writeString(file, "second\n");
        assertEquals("second\n", secret.read());
        assertEquals(Optional.of(file), secret.file());
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws IOException {
        Path missing = directory.resolve("missing");
        IOException failure = assertThrows(IOException.class, Secret.file(missing)::read);
        assertTrue(String.valueOf(failure.getMessage()).startsWith("file " + missing + " cannot be read"));
        assertThrows(IOException.class, Secret.file(directory)::read);
    }

    @Test
    void aFileThatIsNoSecretIsNotReadWhole() throws IOException {
        Path file = Files.writeString(directory.resolve("log"), "x".repeat(4097));
        IOException failure = assertThrows(IOException.class, Secret.file(file)::read);
        assertFalse(String.valueOf(failure.getMessage()).contains("xx"), failure.getMessage());
    }

    @Test
    void itsTextTellsWhereItIsAndNotWhatItIs() throws IOException {
        Secret value = Secret.value("s3cret", "METRICS_TOKEN");

        assertEquals("s3cret", value.read());
        assertEquals("from METRICS_TOKEN", value.toString());
        assertEquals("file /run/token", Secret.file(Path.of("/run/token")).toString());
    }

    @Test
    void theSameFileOrTheSameValueIsTheSameSecret() {
        assertEquals(Secret.file(Path.of("/a")), Secret.file(Path.of("/a")));
        assertEquals(Secret.value("v", "A"), Secret.value("v", "B"));
        assertNotEquals(Secret.value("v", "A"), Secret.value("w", "A"));
        assertNotEquals(Secret.file(Path.of("/a")), Secret.file(Path.of("/b")));
        assertNotEquals(Secret.file(Path.of("v")), Secret.value("v", "A"));
    }
}
