package dev.outrigger.mcp;

/**
 * The open containers of a document: one bit each, innermost lowest, 1 for an object.
 *
 * <p>Sixty-four levels in a {@code long} instead of a stack that an attacker can grow. Parsers that recurse give up at a
 * few hundred to a thousand levels; arguments of tools have a handful.
 */
final class JsonNesting {
    static final int MAX_DEPTH = 64;

    private long objects;
    private int depth;

    void clear() {
        objects = 0;
        depth = 0;
    }

    int depth() {
        return depth;
    }

    boolean inObject() {
        return (objects & 1) != 0;
    }

    /** @return false, and nothing has changed, if that would be too deep */
    boolean open(boolean object) {
        if (depth == MAX_DEPTH) {
            return false;
        }
        depth++;
        objects = objects << 1 | (object ? 1 : 0);
        return true;
    }

    /** @return false, and nothing has changed, if the innermost container is of the other kind; one must be open */
    boolean close(boolean object) {
        if (inObject() != object) {
            return false;
        }
        depth--;
        objects >>>= 1;
        return true;
    }
}
