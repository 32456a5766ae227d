package dev.pawl.app.config;

import java.time.Duration;

/** Lengths of time as people read them. */
public final class Durations {
    private Durations() {}

    /**
     * For a person: {@code 340 ms}, {@code 1.3 s}, {@code 2 min 5 s}, {@code 3 h}, {@code 12 d}.
     */
    public static String shown(Duration duration) {
        long millis = Math.max(0, duration.toMillis());
        if (millis < 1_000) return millis + " ms";
        if (millis < 60_000) return tenths(millis) + " s";
        long seconds = millis / 1_000;
        if (seconds < 3_600) return two(seconds / 60, "min", seconds % 60, "s");
        if (seconds < 172_800) return two(seconds / 3_600, "h", seconds % 3_600 / 60, "min");
        return seconds / 86_400 + " d";
    }

    /** In one unit: {@code 3 s}, {@code 2 min}, {@code 5 h}, {@code 12 d}. */
    public static String rough(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 60) return seconds + " s";
        if (seconds < 3_600) return seconds / 60 + " min";
        return seconds < 172_800 ? seconds / 3_600 + " h" : seconds / 86_400 + " d";
    }

    private static String tenths(long millis) {
        long tenths = millis / 100;
        return tenths % 10 == 0 ? Long.toString(tenths / 10) : tenths / 10 + "." + tenths % 10;
    }

    private static String two(long large, String unit, long small, String smaller) {
        String first = large + " " + unit;
        return small == 0 ? first : first + " " + small + " " + smaller;
    }
}
