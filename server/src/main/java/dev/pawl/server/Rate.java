package dev.pawl.server;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * So many in that time, one after another at equal distances.
 *
 * @param count 1 to {@value #COUNT_MAX}
 */
record Rate(int count, Duration per) {
    static final String WANTED = "want N/s, N/min or N/h with N from 1 to 1000, as 10/s";
    private static final int COUNT_MAX = 1_000;
    private static final Pattern TEXT = Pattern.compile("(\\d{1,4})/(s|min|h)");

    /** The rate; empty when the text is none. */
    static Optional<Rate> parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) return Optional.empty();
        int count = Integer.parseInt(parts.group(1));
        if (count < 1 || count > COUNT_MAX) return Optional.empty();
        return Optional.of(
                new Rate(
                        count,
                        switch (parts.group(2)) {
                            case "s" -> Duration.ofSeconds(1);
                            case "min" -> Duration.ofMinutes(1);
                            default -> Duration.ofHours(1);
                        }));
    }

    /** When the one with that number comes; the first is 0. To the millisecond, as stores keep. */
    Instant at(Instant start, int number) {
        return start.plus(per.multipliedBy(number).dividedBy(count)).truncatedTo(ChronoUnit.MILLIS);
    }
}
