package dev.outrigger.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OtlpHeadersTest {
    @Test
    void linesAndCommasDivideBothForms() throws IOException {
        assertEquals(
                Map.of("Authorization", "Basic dXNlcjpwYXNz==", "x-tenant", "a=b", "api-key", "k:1+2 3%"),
                headers("Authorization: Basic dXNlcjpwYXNz==\r\n\nx-tenant : a=b , api-key=k:1+2%203%25\n"));
    }

    @Test
    void noneAreNone() throws IOException {
        assertEquals(Map.of(), headers(" \n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bare-s3cret",
                ": s3cret",
                "na me: s3cret",
                "name: s3cret\u00e9",
                "name=s3cret%",
                "a: b\nname=%0as3cret"
            })
    void whatIsNoHeaderIsRefusedAndNotShown(String text) {
        String message = String.valueOf(
                assertThrows(IOException.class, () -> headers(text)).getMessage());

        assertTrue(message.startsWith("headers from OTLP_HEADERS: entry "), message);
        assertFalse(message.contains("s3cret"), message);
    }

    @Test
    void aFileIsReadAnewEachTimeAndWhatWasLastGoodGoesOn(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("headers");
        Files.writeString(file, "token: one");
        OtlpHeaders headers = new OtlpHeaders(Secret.file(file));
        assertEquals(Map.of("token", "one"), headers.get());

        Files.writeString(file, "token: two");
        assertEquals(Map.of("token", "two"), headers.get());

        Files.delete(file);
        assertEquals(Map.of("token", "two"), headers.get());
        Files.writeString(file, "nothing of the kind");
        assertEquals(Map.of("token", "two"), headers.get());

        Files.writeString(file, "token: three");
        assertEquals(Map.of("token", "three"), headers.get());
    }

    @Test
    void aFileThatIsNotThereIsAFailureAtTheStart(@TempDir Path directory) {
        Path file = directory.resolve("headers");
        IOException failure = assertThrows(IOException.class, () -> new OtlpHeaders(Secret.file(file)));
        assertTrue(String.valueOf(failure.getMessage()).contains(file.toString()), failure.getMessage());
    }

    private static Map<String, String> headers(String text) throws IOException {
        return new OtlpHeaders(Secret.value(text, "OTLP_HEADERS")).get();
    }
}
