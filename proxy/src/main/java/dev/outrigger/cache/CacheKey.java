package dev.outrigger.cache;

/**
 * What stands for a question and whoever may have its answer: 256 bits of SHA-256.
 *
 * <p>A digest and not the text: arguments may be long, credentials must not stay in memory, and nobody can make two questions
 * with one digest. Immutable.
 */
public final class CacheKey {
    /** What a table needs for one, by the layout of the usual virtual machines. */
    static final int BYTES = 48;

    private final long first;
    private final long second;
    private final long third;
    private final long fourth;

    CacheKey(long first, long second, long third, long fourth) {
        this.first = first;
        this.second = second;
        this.third = third;
        this.fourth = fourth;
    }

    long first() {
        return first;
    }

    long second() {
        return second;
    }

    long third() {
        return third;
    }

    long fourth() {
        return fourth;
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
