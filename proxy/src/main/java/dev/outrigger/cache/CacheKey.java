package dev.outrigger.cache;

import java.nio.ByteBuffer;

/**
 * What stands for a question and whoever may have its answer: 256 bits of SHA-256.
 *
 * <p>A digest and not the text: arguments may be long, credentials must not stay in memory, and nobody can make two questions
 * with one digest.
 *
 * <p>One that a loop asks with is written anew for each question by its {@link KeyDigest}; what stays, in a table or with an
 * exchange, is a {@link #copy} that nobody writes to.
 */
public final class CacheKey {
    /** What a table needs for one, by the layout of the usual virtual machines. */
    static final int BYTES = 48;

    private long first;
    private long second;
    private long third;
    private long fourth;

    /** One to be written to. */
    public CacheKey() {}

    CacheKey(long first, long second, long third, long fourth) {
        this.first = first;
        this.second = second;
        this.third = third;
        this.fourth = fourth;
    }

    /** One to be kept. */
    public CacheKey copy() {
        return new CacheKey(first, second, third, fourth);
    }

    void set(ByteBuffer digest) {
        first = digest.getLong();
        second = digest.getLong();
        third = digest.getLong();
        fourth = digest.getLong();
    }

    void putTo(ByteBuffer digest) {
        digest.putLong(first).putLong(second).putLong(third).putLong(fourth);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CacheKey key
                && first == key.first
                && second == key.second
                && third == key.third
                && fourth == key.fourth;
    }

    /** Any part of a digest is as good a hash as another. */
    @Override
    public int hashCode() {
        return Long.hashCode(first);
    }
}
