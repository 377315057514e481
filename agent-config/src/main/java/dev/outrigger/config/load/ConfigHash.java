package dev.outrigger.config.load;

import dev.outrigger.config.model.ProxyConfig;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Tells configurations apart in a log line, a metric, a fleet: equal configurations have equal hashes, in whatever order and
 * spelling they were written and wherever they run.
 *
 * <p>It is taken from the rendered configuration and not from the files, so that a comment or a moved include changes nothing.
 * What a secret holds is not part of it.
 *
 * @param hex SHA-256 in 64 hexadecimal digits
 */
public record ConfigHash(String hex) {
    /** A metric is a double, which holds whole numbers of up to 53 bits exactly. */
    private static final int NUMBER_BITS = 48;

    private static final int HEX_BITS = 4;

    public static ConfigHash of(ProxyConfig config) {
        byte[] text = ConfigRenderer.concise(config).getBytes(StandardCharsets.UTF_8);
        return new ConfigHash(HexFormat.of().formatHex(sha256().digest(text)));
    }

    /** SHA-256, which every Java platform has. */
    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first 48 bits: the hash as a metric can show it. */
    public long number() {
        return Long.parseLong(hex.substring(0, NUMBER_BITS / HEX_BITS), 16);
    }

    /** The hexadecimal digits. */
    @Override
    public String toString() {
        return hex;
    }
}
