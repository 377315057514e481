package dev.outrigger.config.load;

import java.util.Collection;
import java.util.Locale;

/**
 * Finds what somebody meant who mistyped a name: the candidate with the fewest single-letter edits, where two swapped
 * neighbours count as one (optimal string alignment, the usual measure of typing mistakes).
 */
final class Nearest {
    /** One edit in three letters: more, and the suggestion is a guess rather than a correction. */
    private static final int LETTERS_PER_EDIT = 3;

    private Nearest() {}

    /** The nearest candidate, or an empty string if none is near. A dotted candidate is compared by its last part. */
    static String to(String typed, Collection<String> candidates) {
        String best = "";
        int bestEdits = Integer.MAX_VALUE;
        for (String candidate : candidates) {
            String name = candidate.substring(candidate.lastIndexOf('.') + 1);
            int edits = edits(typed.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
            int allowed = Math.max(1, Math.max(typed.length(), name.length()) / LETTERS_PER_EDIT);
            if (edits <= allowed && edits < bestEdits) {
                best = candidate;
                bestEdits = edits;
            }
        }
        return best;
    }

    static int edits(String from, String to) {
        int[][] cost = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(cost, from, to, i, j);
            }
        }
        return cost[from.length()][to.length()];
    }

    private static int cheapest(int[][] cost, String from, String to, int i, int j) {
        boolean same = from.charAt(i - 1) == to.charAt(j - 1);
        int best = Math.min(cost[i - 1][j] + 1, cost[i][j - 1] + 1);
        best = Math.min(best, cost[i - 1][j - 1] + (same ? 0 : 1));
        boolean swapped =
                i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
        return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
    }
}
