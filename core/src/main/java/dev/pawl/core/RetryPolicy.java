package dev.pawl.core;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * When a failed job runs again: after a random wait between zero and a bound that doubles with each
 * failure up to a cap ("full jitter": M. Brooker, Exponential Backoff And Jitter, 2015).
 *
 * @param attempts how many failures end the job; 1 means no second try
 * @param first the bound after the first failure
 * @param max the cap of the bound
 * @param treatments where this policy differs from {@link ErrorClass#treatment()}
 */
public record RetryPolicy(
        int attempts,
        Duration first,
        Duration max,
        Map<ErrorClass, ErrorClass.Treatment> treatments) {
    /** The cap of the wait after an error that isn't counted. */
    static final Duration UNCOUNTED_MAX = Duration.ofMinutes(5);

    public RetryPolicy {
        if (attempts < 1)
            throw new IllegalArgumentException("attempts is " + attempts + ", want >= 1");
        if (first.isNegative() || first.isZero())
            throw new IllegalArgumentException("first is " + first + ", want > 0");
        if (max.compareTo(first) < 0)
            throw new IllegalArgumentException("max " + max + " is under first " + first);
        treatments = Map.copyOf(treatments);
    }

    public static RetryPolicy defaults() {
        return new RetryPolicy(3, Duration.ofSeconds(1), Duration.ofMinutes(5), Map.of());
    }

    public RetryPolicy withAttempts(int number) {
        return new RetryPolicy(number, first, max, treatments);
    }

    /** The same with other waits. */
    public RetryPolicy withBackoff(Duration afterFirst, Duration cap) {
        return new RetryPolicy(attempts, afterFirst, cap, treatments);
    }

    /** What is done with a job whose attempt ended with this kind of error. */
    ErrorClass.Treatment treatment(ErrorClass kind) {
        return treatments.getOrDefault(kind, kind.treatment());
    }

    /**
     * The wait before the next attempt.
     *
     * @param failures how often the job has failed or waited by now; at least 1
     * @param chance a random number, at least 0 and less than 1
     */
    Duration backoff(int failures, ErrorClass.Treatment treatment, double chance) {
        Duration cap = treatment == ErrorClass.Treatment.WAIT ? UNCOUNTED_MAX : max;
        int doublings = Math.min(failures - 1, 40);
        double bound =
                Math.min((double) first.toMillis() * (1L << doublings), (double) cap.toMillis());
        return Duration.ofMillis((long) (bound * chance));
    }

    /** One line that {@link #parse} reads back; equal policies have equal lines. */
    public String line() {
        var line = new StringBuilder("attempts=%d first=%s max=%s".formatted(attempts, first, max));
        new TreeMap<>(treatments)
                .forEach((kind, t) -> line.append(" %s=%s".formatted(kind.wire(), t)));
        return line.toString();
    }

    /** The policy that {@link #line} wrote. */
    public static RetryPolicy parse(String line) {
        int attempts = 0;
        Duration first = Duration.ZERO;
        Duration max = Duration.ZERO;
        var treatments = new EnumMap<ErrorClass, ErrorClass.Treatment>(ErrorClass.class);
        for (String part : line.split(" ", -1)) {
            String key = part.substring(0, part.indexOf('='));
            String value = part.substring(part.indexOf('=') + 1);
            switch (key) {
                case "attempts" -> attempts = Integer.parseInt(value);
                case "first" -> first = Duration.parse(value);
                case "max" -> max = Duration.parse(value);
                default ->
                        treatments.put(ErrorClass.ofWire(key), ErrorClass.Treatment.valueOf(value));
            }
        }
        return new RetryPolicy(attempts, first, max, treatments);
    }
}
