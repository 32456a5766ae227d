package dev.pawl.server.compute;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Something that goes wrong on purpose, for tests of whoever calls.
 *
 * @param times how many solves it strikes; {@link #ALWAYS} for all that come
 */
public record Fault(Kind kind, int times) {
    public static final int ALWAYS = Integer.MAX_VALUE;

    private static final Pattern TEXT = Pattern.compile("([a-z0-9-]+)(?:\\*(\\d{1,9}))?");

    public Fault {
        if (times < 1) throw new IllegalArgumentException("times is " + times + ", want >= 1");
    }

    /** What goes wrong. */
    public enum Kind {
        BAD_REQUEST("400"),
        NOT_FOUND("404"),
        REJECTED("422"),
        NO_SEAT("429"),
        BROKEN("500"),
        NOT_LET_IN("502"),
        DOWN("503"),
        TOO_LATE("504"),
        /** No answer for ten minutes. */
        SLOW("slow"),
        /** 200 with a body that says it is JSON and is none. */
        GARBAGE("garbage"),
        /** The solver gives what the contract doesn't promise, which makes a 500. */
        BAD_OUTPUT("bad-output");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** The status that it answers, or empty when it is no status. */
        Optional<Integer> status() {
            return word.length() == 3 ? Optional.of(Integer.valueOf(word)) : Optional.empty();
        }
    }

    /** As {@code 429*1}: the next solve is refused; {@code 503}: all are. Empty for other texts. */
    public static Optional<Fault> parse(String text) {
        Matcher matcher = TEXT.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) return Optional.empty();
        int times = matcher.group(2) == null ? ALWAYS : Integer.parseInt(matcher.group(2));
        if (times < 1) return Optional.empty();
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.word.equals(matcher.group(1)))
                .findFirst()
                .map(kind -> new Fault(kind, times));
    }

    /** The words that {@link #parse} knows. */
    public static List<String> words() {
        return Arrays.stream(Kind.values()).map(kind -> kind.word).toList();
    }
}
