package dev.outrigger.upstream;

/**
 * Which endpoint a key belongs to: the one with the highest score for that key (rendezvous hashing, Thaler and Ravishankar).
 * When an endpoint goes or fails, only its own keys move, and they spread over all others; when one comes, it takes its share
 * from each. A ring or Maglev's table does the same by way of a table that every change has to build anew; an upstream has a
 * handful of endpoints, and a score takes nanoseconds. All sidecars agree, because only names and keys go in.
 */
final class KeyHash {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final double TO_UNIT = 0x1.0p-53;

    private KeyHash() {}

    /** Of a key, or of the name of an endpoint. */
    static long of(CharSequence text) {
        return of(text, 0, text.length());
    }

    /** Of a part of a text. */
    static long of(CharSequence text, int from, int end) {
        long hash = FNV_OFFSET;
        for (int i = from; i < end; i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return mix(hash);
    }

    /** Comparable for one key: the higher wins. */
    static double score(long key, long endpoint, int weight) {
        double unit = ((mix(key ^ endpoint) >>> 11) + 0.5) * TO_UNIT;
        return -weight / Math.log(unit);
    }

    /** The one that {@code key} belongs to, of at least one candidate. */
    static EndpointPool choose(Candidates candidates, long key) {
        int best = 0;
        double highest = -1;
        for (int i = 0; i < candidates.size(); i++) {
            double score = score(key, candidates.pool(i).endpoint().hash(), candidates.weight(i));
            if (score > highest) {
                highest = score;
                best = i;
            }
        }
        return candidates.pool(best);
    }

    /** As in MurmurHash3: each bit of the input changes half of the bits of the output. */
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }
}
