package dev.outrigger.security;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Reads from an {@code Authorization} header whom the request claims to come from.
 *
 * <p>This is no authentication. Nothing is verified: no signature, no expiry, no password. The server behind does that, and
 * must. What a claim is good for is to tell two identities apart: a session that one opened is not shown to a request that
 * says it comes from another. It stops someone with credentials of their own from using a session id that they got hold of; it
 * does not stop someone who has the owner's credentials too, nor anyone where the server lets unknown credentials pass.
 *
 * <p>A client's TLS certificate is another matter: the handshake has proved it, so it is no claim, and the two are kept apart.
 *
 * <p>An opaque token says nothing, and two of them may belong to one identity, as they are renewed: such a request has no
 * principal, and whoever compares must then let it pass.
 */
public final class PrincipalReader {
    /** Longer headers are not looked into. Access tokens have one to two thousand characters, those with many groups four. */
    static final int MAX_CHARS = 16 << 10;
    /** Blocks of a payload. The parser recurses, claims have a handful. */
    private static final int MAX_BLOCKS = 128;

    private static final String BEARER = "bearer";
    private static final String BASIC = "basic";
    private static final ConfigParseOptions JSON =
            ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON).setOriginDescription("payload");

    private PrincipalReader() {}

    /**
     * A key that is the same for the same claimed identity: issuer and subject of a bearer token that is a signed JWT
     * (RFC 7519), the user name of basic credentials (RFC 7617). Never throws.
     *
     * @return null if the header does not say
     */
    public static @Nullable String read(@Nullable String authorization) {
        if (authorization == null || authorization.length() > MAX_CHARS) {
            return null;
        }
        String header = authorization.strip();
        int blank = header.indexOf(' ');
        if (blank < 0) {
            return null;
        }
        String scheme = header.substring(0, blank);
        String credentials = header.substring(blank + 1).strip();
        if (scheme.equalsIgnoreCase(BEARER)) {
            return ofToken(credentials);
        }
        return scheme.equalsIgnoreCase(BASIC) ? ofUser(credentials) : null;
    }

    /** A signed JWT is three parts; five would be an encrypted one, which only its audience can read. */
    private static @Nullable String ofToken(String token) {
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        if (first < 0 || second < 0 || token.indexOf('.', second + 1) >= 0) {
            return null;
        }
        byte[] payload = decode(token.substring(first + 1, second), Base64.getUrlDecoder());
        ConfigObject claims = payload == null ? null : parse(new String(payload, StandardCharsets.UTF_8));
        if (claims == null) {
            return null;
        }
        String subject = text(claims.get("sub"));
        if (subject == null) {
            return null;
        }
        String issuer = text(claims.get("iss"));
        return issuer == null ? key(BEARER, subject) : key(BEARER, issuer.length() + ":" + issuer + subject);
    }

    private static @Nullable String ofUser(String credentials) {
        byte[] decoded = decode(credentials, Base64.getDecoder());
        if (decoded == null) {
            return null;
        }
        String pair = new String(decoded, StandardCharsets.UTF_8);
        int colon = pair.indexOf(':');
        return colon < 0 ? null : key(BASIC, pair.substring(0, colon));
    }

    private static String key(String scheme, String who) {
        return scheme + ' ' + who;
    }

    private static byte @Nullable [] decode(String text, Base64.Decoder decoder) {
        try {
            return decoder.decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable ConfigObject parse(String json) {
        long blocks = json.chars().filter(c -> c == '{' || c == '[').count();
        if (blocks > MAX_BLOCKS) {
            return null;
        }
        try {
            return ConfigFactory.parseString(json, JSON).root();
        } catch (ConfigException e) {
            return null;
        }
    }

    private static @Nullable String text(@Nullable ConfigValue value) {
        return value != null && value.unwrapped() instanceof String text ? text : null;
    }
}
