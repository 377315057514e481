package dev.outrigger.admin;

import dev.outrigger.config.model.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
     * @throws IOException if the secret cannot be read, is empty, or is something other than one token of printable ASCII;
     *     the message tells where it comes from and never what it is
     */
    public static TokenGuard of(Secret secret) throws IOException {
        String token = read(secret).strip();
        if (token.isEmpty()) {
            throw new IOException("token " + secret + " is empty, expected a token");
        }
        if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IOException(
                    "token " + secret + " holds more than a token, expected printable ASCII without blanks");
        }
        return new TokenGuard(sha256(token));
    }

    private static String read(Secret secret) throws IOException {
        try {
            return secret.read();
        } catch (IOException e) {
            throw new IOException("token " + e.getMessage(), e);
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
