package dev.outrigger.cache;

import dev.outrigger.mcp.JsonMembers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * Makes keys out of what a question is made of, one part after the other; each part goes in with its length, so that parts can
 * not run into each other.
 *
 * <p>Belongs to one loop, makes one key at a time ({@link #begin}, then parts, then {@link #end}), and allocates nothing for it.
 */
public final class KeyDigest {
    private static final int DIGEST_BYTES = 32;
    private static final int ABSENT = -1;
    /** In place of a length, so that a member of {@code _meta} is not one of {@code params} that has its name. */
    private static final int WITHIN_META = -2;

    /** Characters of a text that are put in at a time. */
    private static final int TEXT_CHARS = 64;

    private static final byte[] META = ascii("_meta");
    /** The one member of {@code _meta} that servers have to heed: what the client can do decides what they may answer. */
    private static final byte[] CAPABILITIES = ascii("io.modelcontextprotocol/clientCapabilities");

    private final MessageDigest sha256 = sha256();
    private final byte[] out = new byte[DIGEST_BYTES];
    private final ByteBuffer outNumbers = ByteBuffer.wrap(out);
    private final byte[] number = new byte[Integer.BYTES];
    private final byte[] chars = new byte[TEXT_CHARS * Character.BYTES];
    private final JsonMembers params = new JsonMembers();
    private final JsonMembers meta = new JsonMembers();

    /** Forgets what was put in. */
    public KeyDigest begin() {
        sha256.reset();
        return this;
    }

    /** Begins with everything that another key stands for. */
    public KeyDigest begin(CacheKey base) {
        begin();
        base.putTo(outNumbers.clear());
        sha256.update(out);
        return this;
    }

    /** @param text null is another part than an empty one */
    public KeyDigest text(@Nullable CharSequence text) {
        if (text == null) {
            length(ABSENT);
            return this;
        }
        int end = text.length();
        length(end);
        for (int from = 0; from < end; from += TEXT_CHARS) {
            chars(text, from, Math.min(from + TEXT_CHARS, end));
        }
        return this;
    }

    private void chars(CharSequence text, int from, int end) {
        int to = 0;
        for (int i = from; i < end; i++) {
            char next = text.charAt(i);
            chars[to++] = (byte) (next >>> Byte.SIZE);
            chars[to++] = (byte) next;
        }
        sha256.update(chars, 0, to);
    }

    /**
     * The members of {@code params}, in their order and spelling, without the white space between them. Of {@code _meta}, which
     * holds what differs from call to call (progress tokens, trace contexts), only the client's capabilities count.
     *
     * @param message valid JSON
     * @param membersAt behind the opening brace of {@code params}; -1 if there are none
     */
    public KeyDigest params(byte[] message, int membersAt) {
        if (membersAt < 0) {
            length(ABSENT);
            return this;
        }
        params.begin(message, membersAt);
        while (params.next()) {
            if (!params.isKey(META)) {
                member(message, params);
            } else if (params.isObject()) {
                meta(message);
            }
        }
        params.clear();
        sha256.update((byte) '}');
        return this;
    }

    private void meta(byte[] message) {
        meta.begin(message, params.valueFrom() + 1);
        while (meta.next()) {
            if (meta.isKey(CAPABILITIES)) {
                length(WITHIN_META);
                member(message, meta);
            }
        }
        meta.clear();
    }

    private void member(byte[] message, JsonMembers member) {
        length(member.keyEnd() - member.keyFrom());
        sha256.update(message, member.keyFrom(), member.keyEnd() - member.keyFrom());
        int at = member.valueFrom();
        while (at < member.valueEnd()) {
            int end = JsonMembers.endOfDense(message, at, member.valueEnd());
            sha256.update(message, at, end - at);
            at = JsonMembers.endOfSpace(message, end, member.valueEnd());
        }
        sha256.update((byte) ',');
    }

    /** Writes the key of what was put in. */
    public void end(CacheKey key) {
        try {
            sha256.digest(out, 0, out.length);
        } catch (DigestException e) {
            throw new IllegalStateException("SHA-256 does not fit into " + out.length + " bytes", e);
        }
        key.set(outNumbers.clear());
    }

    private void length(int length) {
        number[0] = (byte) (length >>> 24);
        number[1] = (byte) (length >>> 16);
        number[2] = (byte) (length >>> 8);
        number[3] = (byte) length;
        sha256.update(number);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
