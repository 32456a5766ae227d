package dev.pawl.tool;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Orders versions as people read them: runs of digits by their number, so that 1.10 is newer than
 * 1.9, and what follows a hyphen is before the version without it, so that 2.0-rc1 is older than
 * 2.0.
 */
final class Versions {
    static final Comparator<String> OLDEST_FIRST = Versions::compare;

    private static final Pattern BORDER =
            Pattern.compile("(?<=\\d)(?=\\D)|(?<=\\D)(?=\\d)|(?=-)|(?<=[.])");

    private Versions() {}

    private static int compare(String a, String b) {
        List<String> as = List.of(BORDER.split(a));
        List<String> bs = List.of(BORDER.split(b));
        for (int i = 0; i < Math.min(as.size(), bs.size()); i++) {
            int order = comparePart(as.get(i), bs.get(i));
            if (order != 0) return order;
        }
        if (as.size() == bs.size()) return a.compareTo(b);
        boolean longerIsOlder =
                (as.size() > bs.size() ? as.get(bs.size()) : bs.get(as.size())).startsWith("-");
        return (as.size() > bs.size()) == longerIsOlder ? -1 : 1;
    }

    private static int comparePart(String a, String b) {
        boolean numbers = isNumber(a) && isNumber(b);
        if (numbers) return new BigInteger(a).compareTo(new BigInteger(b));
        if (a.startsWith("-") != b.startsWith("-")) return a.startsWith("-") ? -1 : 1;
        return a.compareTo(b);
    }

    private static boolean isNumber(String part) {
        return !part.isEmpty() && part.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
