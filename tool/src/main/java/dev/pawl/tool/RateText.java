package dev.pawl.tool;

import dev.pawl.core.Rate;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rates as people write them: {@code 100/min}, {@code 5/s}, {@code 10/30s}, {@code 1000/day}. */
public final class RateText {
    /** What {@link #parse} takes, in words. */
    public static final String WANTED = "a rate as 100/min, 5/s, 10/30s, 1000/h";

    private static final Pattern RATE = Pattern.compile("(\\d{1,9}) ?/ ?([a-z0-9]{1,20})");

    private RateText() {}

    /** The rate; empty when the text is none. */
    public static Optional<Rate> parse(String text) {
        Matcher rate = RATE.matcher(text);
        if (!rate.matches()) return Optional.empty();
        return period(rate.group(2)).flatMap(p -> of(Integer.parseInt(rate.group(1)), p));
    }

    /** The rate of that many in that time; empty when there is none such. */
    public static Optional<Rate> of(int max, Duration period) {
        try {
            return Optional.of(new Rate(max, period));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A time's length: a unit's name, or a duration. */
    static Optional<Duration> period(String text) {
        return switch (text) {
            case "s", "sec", "second" -> Optional.of(Duration.ofSeconds(1));
            case "m", "min", "minute" -> Optional.of(Duration.ofMinutes(1));
            case "h", "hour" -> Optional.of(Duration.ofHours(1));
            case "d", "day" -> Optional.of(Duration.ofDays(1));
            default -> DurationText.parse(text);
        };
    }

    /** The text of a rate that reads as it; {@code none} for none. */
    public static String of(Rate rate) {
        if (rate.none()) return "none";
        String period = DurationText.of(rate.period());
        String unit =
                switch (period) {
                    case "1s" -> "s";
                    case "1m" -> "min";
                    case "1h" -> "h";
                    case "1d" -> "day";
                    default -> period;
                };
        return rate.max() + "/" + unit;
    }
}
