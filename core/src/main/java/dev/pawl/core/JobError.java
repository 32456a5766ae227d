package dev.pawl.core;

import java.time.Duration;

/**
 * Why an attempt failed.
 *
 * @param message for a person: names the thing, its value and what to do; cut to {@link #CHARS_MAX}
 * @param notBefore shortest wait before the next attempt, as a server's Retry-After asked; zero
 *     when nobody asked
 */
public record JobError(ErrorClass kind, String message, Duration notBefore) {
    /** Longest message kept, in characters. */
    public static final int CHARS_MAX = 4_000;

    public JobError {
        if (notBefore.isNegative())
            throw new IllegalArgumentException("notBefore is " + notBefore + ", want >= 0");
        if (message.length() > CHARS_MAX) message = message.substring(0, CHARS_MAX - 1) + "…";
    }

    public JobError(ErrorClass kind, String message) {
        this(kind, message, Duration.ZERO);
    }
}
