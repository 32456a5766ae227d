package dev.pawl.tool;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The word somebody most likely meant. */
public final class Nearest {
    private Nearest() {}

    /**
     * The known word that differs least from {@code word}, by letters left out, added, changed or
     * swapped; empty when none is near. Case and the difference of {@code - _} don't count; of two
     * as near the first.
     */
    public static Optional<String> of(String word, Collection<String> known) {
        String plain = plain(word);
        int near = Math.max(1, Math.min(3, (plain.length() + 1) / 3));
        return known.stream()
                .map(k -> new Candidate(k, distance(plain, plain(k))))
                .filter(c -> c.distance <= near || startsAlike(plain, plain(c.word)))
                .min(Comparator.comparingInt(Candidate::distance))
                .map(Candidate::word);
    }

    private record Candidate(String word, int distance) {}

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    }

    private static boolean startsAlike(String word, String known) {
        return word.length() >= 3 && (known.startsWith(word) || word.startsWith(known));
    }

    /** Damerau-Levenshtein distance (optimal string alignment). */
    static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) cost[i][0] = i;
        for (int j = 0; j <= b.length(); j++) cost[0][j] = j;
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int least = Math.min(cost[i - 1][j] + 1, cost[i][j - 1] + 1);
                least = Math.min(least, cost[i - 1][j - 1] + change);
                boolean swapped =
                        i > 1
                                && j > 1
                                && a.charAt(i - 1) == b.charAt(j - 2)
                                && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) least = Math.min(least, cost[i - 2][j - 2] + 1);
                cost[i][j] = least;
            }
        }
        return cost[a.length()][b.length()];
    }
}
