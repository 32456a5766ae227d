package dev.pawl.app.config;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time as people write them: {@code 500ms}, {@code 30s}, {@code 1h30m}, {@code 7d}. */
public final class Durations {
    private static final Pattern PART = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)(ms|s|m|h|d)");

    private Durations() {}

    /** Empty when the text is something else. */
    public static Optional<Duration> parse(String text) {
        String rest = text.strip().toLowerCase(Locale.ROOT);
        if (rest.equals("0")) return Optional.of(Duration.ZERO);
        Matcher matcher = PART.matcher(rest);
        double millis = 0;
        int end = 0;
        while (end < rest.length() && matcher.find(end) && matcher.start() == end) {
            millis += Double.parseDouble(matcher.group(1)) * unit(matcher.group(2));
            end = matcher.end();
        }
        if (end == 0 || end < rest.length()) return Optional.empty();
        return Optional.of(Duration.ofMillis(Math.round(millis)));
    }

    /** For a person: {@code 340 ms}, {@code 1.3 s}, {@code 2 min 5 s}, {@code 3 h}, {@code 12 d}. */
    public static String shown(Duration duration) {
        long millis = Math.max(0, duration.toMillis());
        if (millis < 1_000) return millis + " ms";
        if (millis < 60_000) return tenths(millis) + " s";
        long seconds = millis / 1_000;
        if (seconds < 3_600) return two(seconds / 60, "min", seconds % 60, "s");
        if (seconds < 172_800) return two(seconds / 3_600, "h", seconds % 3_600 / 60, "min");
        return seconds / 86_400 + " d";
    }

    private static String tenths(long millis) {
        long tenths = millis / 100;
        return tenths % 10 == 0 ? Long.toString(tenths / 10) : tenths / 10 + "." + tenths % 10;
    }

    private static String two(long large, String unit, long small, String smaller) {
        String first = large + " " + unit;
        return small == 0 ? first : first + " " + small + " " + smaller;
    }

    private static double unit(String name) {
        return switch (name) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            case "d" -> 86_400_000;
            default -> throw new IllegalArgumentException(name);
        };
    }
}
