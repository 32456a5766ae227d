package dev.pawl.core;

import java.time.Duration;
import java.time.Instant;

/**
 * How many attempts may start within any time of that length. Starts are counted in steps of a
 * twentieth of it, so that a start may wait for that much longer than it must; never less.
 *
 * @param max at least 1; {@link Integer#MAX_VALUE} for no limit
 * @param period at least 1 ms, at most 366 days; in whole milliseconds
 */
public record Rate(int max, Duration period) {
    private static final Duration PERIOD_MAX = Duration.ofDays(366);
    private static final int STEPS = 20;

    public static final Rate NONE = new Rate(Integer.MAX_VALUE, Duration.ofSeconds(1));

    public Rate {
        if (max < 1) throw new IllegalArgumentException("rate's max is " + max + ", want >= 1");
        if (period.toMillis() < 1 || period.compareTo(PERIOD_MAX) > 0)
            throw new IllegalArgumentException(
                    "rate's period is " + period + ", want 1 ms to 366 days");
    }

    /** Whether it holds nothing back. */
    public boolean none() {
        return max == Integer.MAX_VALUE;
    }

    /** Until when an attempt counts that starts at this moment. */
    public Instant countsUntil(Instant start) {
        long step = Math.max(1, period.toMillis() / STEPS);
        long end = (Math.floorDiv(start.toEpochMilli(), step) + 1) * step;
        return Instant.ofEpochMilli(end + period.toMillis());
    }
}
