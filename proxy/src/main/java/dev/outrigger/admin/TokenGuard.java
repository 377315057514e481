package dev.outrigger.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks every request for {@code Authorization: Bearer <token>} (RFC 6750).
 *
 * <p>Only the token's SHA-256 is kept: digests of equal length are compared in constant time, so neither the time of an
 * answer nor a heap dump tells the token.
 */
public final class TokenGuard implements OpsGuard {
    private static final String SCHEME = "Bearer ";
    private static final int LONGEST_FILE_BYTES = 4096;
    private static final OpsReply MISSING = OpsReply.error(401, "no token, expected Authorization: Bearer <token>")
            .with("www-authenticate", "Bearer realm=\"outrigger\"");
    private static final OpsReply WRONG = OpsReply.error(401, "wrong token")
            .with("www-authenticate", "Bearer realm=\"outrigger\", error=\"invalid_token\"");

    private final byte[] digest;

    private TokenGuard(byte[] digest) {
        this.digest = digest;
    }

    /**
     * Reads the token; blanks and line ends around it do not count.
     *
     * @throws IOException if the file cannot be read, is empty, or holds something other than one token of printable ASCII;
     *     the message names the file and never what it holds
     */
    public static TokenGuard fromFile(Path file) throws IOException {
        String token = read(file).strip();
        if (token.isEmpty()) {
            throw new IOException("token file " + file + " is empty, expected a token");
        }
        if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IOException(
                    "token file " + file + " holds more than a token, expected printable ASCII without blanks");
        }
        return new TokenGuard(sha256(token));
    }

    private static String read(Path file) throws IOException {
        try {
            if (Files.size(file) > LONGEST_FILE_BYTES) {
                throw new IOException("longer than " + LONGEST_FILE_BYTES + " bytes");
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new IOException(
                    "token file " + file + " cannot be read, expected a readable file with a token: " + e, e);
        }
    }

    @Override
    public @Nullable OpsReply refuse(OpsRequest request) {
        List<String> credentials = request.headers("authorization");
        if (credentials.size() != 1 || !credentials.get(0).regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return MISSING;
        }
        String token = credentials.get(0).substring(SCHEME.length()).strip();
        return MessageDigest.isEqual(digest, sha256(token)) ? null : WRONG;
    }

    private static byte[] sha256(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
