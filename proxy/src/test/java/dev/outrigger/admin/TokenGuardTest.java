package dev.outrigger.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.Secret;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenGuardTest {
    @TempDir
    private Path directory;

    private TokenGuard guardWith(String content) throws IOException {
        return TokenGuard.of(Secret.file(Files.writeString(directory.resolve("token"), content)));
    }

    private static OpsRequest requestWith(String... credentials) {
        FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
        for (String credential : credentials) {
            request.headers().add("authorization", credential);
        }
        try {
            return OpsRequest.of(request);
        } finally {
            request.release();
        }
    }

    @Test
    void theTokenPasses() throws IOException {
        TokenGuard guard = guardWith(" s3cret-token\r\n");
        assertNull(guard.refuse(requestWith("Bearer s3cret-token")));
        assertNull(guard.refuse(requestWith("bearer s3cret-token")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer ", "Bearer s3cret-toke", "Bearer s3cret-tokenn", "Bearer S3cret-token"})
    void anotherTokenIsRefusedAsInvalid(String credential) throws IOException {
        OpsReply refusal = guardWith("s3cret-token").refuse(requestWith(credential));
        assertNotNull(refusal);
        assertEquals(401, refusal.status());
        assertFalse(refusal.bodyText().contains("s3cret"));
    }

    @Test
    void noTokenIsRefused() throws IOException {
        TokenGuard guard = guardWith("s3cret-token");
        assertNotNull(guard.refuse(requestWith()));
        assertNotNull(guard.refuse(requestWith("Basic czNjcmV0LXRva2Vu")));
        assertNotNull(guard.refuse(requestWith("s3cret-token")));
    }

    @Test
    void twoCredentialsAreRefusedEvenIfOneIsRight() throws IOException {
        assertNotNull(guardWith("s3cret-token").refuse(requestWith("Bearer s3cret-token", "Bearer other")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n", "two tokens", "one\ntwo", "schlüssel"})
    void aFileWithoutOneTokenIsAnErrorThatDoesNotShowIt(String content) {
        IOException failure = assertThrows(IOException.class, () -> guardWith(content));
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.contains(directory.resolve("token").toString()), message);
        assertFalse(!content.isBlank() && message.contains(content), message);
    }

    @Test
    void aFileThatCannotBeReadIsAnError() {
        Path missing = directory.resolve("missing");
        IOException failure = assertThrows(IOException.class, () -> TokenGuard.of(Secret.file(missing)));
        assertTrue(String.valueOf(failure.getMessage()).contains(missing.toString()), failure.getMessage());
        assertThrows(IOException.class, () -> TokenGuard.of(Secret.file(directory)));
    }

    @Test
    void aFileThatIsNoTokenFileIsNotReadWhole() {
        assertThrows(IOException.class, () -> guardWith("x".repeat(5000)));
    }
}
