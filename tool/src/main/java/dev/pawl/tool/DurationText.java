package dev.pawl.tool;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 250ms}, {@code 60s}, {@code 1h30m}, {@code 30d}. */
public final class DurationText {
    private static final Pattern PART = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");
    private static final Pattern WHOLE = Pattern.compile("(" + PART.pattern() + ")+");

    private DurationText() {}

    /** The duration, also of ISO 8601 as {@code PT1M}; empty when the text is none. */
    public static Optional<Duration> parse(String text) {
        if (text.equals("0")) return Optional.of(Duration.ZERO);
        try {
            if (text.startsWith("P")) return Optional.of(Duration.parse(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
        if (!WHOLE.matcher(text).matches()) return Optional.empty();
        Duration sum = Duration.ZERO;
        for (Matcher m = PART.matcher(text); m.find(); )
            sum = sum.plus(part(Long.parseLong(m.group(1)), m.group(2)));
        return Optional.of(sum);
    }

    /** The text of a duration that reads as it, down to its milliseconds; {@code 0} for none. */
    public static String of(Duration duration) {
        var text = new StringBuilder();
        append(text, duration.toDays(), "d");
        append(text, duration.toHoursPart(), "h");
        append(text, duration.toMinutesPart(), "m");
        append(text, duration.toSecondsPart(), "s");
        append(text, duration.toMillisPart(), "ms");
        return text.isEmpty() ? "0" : text.toString();
    }

    private static void append(StringBuilder text, long count, String unit) {
        if (count > 0) text.append(count).append(unit);
    }

    private static Duration part(long count, String unit) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }
}
