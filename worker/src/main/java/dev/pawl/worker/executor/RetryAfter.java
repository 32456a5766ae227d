package dev.pawl.worker.executor;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;

/** Reads the Retry-After header: seconds or a date (RFC 9110, 10.2.3). */
final class RetryAfter {
    /** Nobody is asked to wait longer, whatever a server says. */
    static final Duration MAX = Duration.ofDays(1);

    private RetryAfter() {}

    /** How long to wait from {@code now}; zero when the text says nothing. */
    static Duration parse(String text, Instant now) {
        String value = text.strip();
        if (value.matches("\\d{1,18}")) return bounded(Duration.ofSeconds(Long.parseLong(value)));
        try {
            Instant until =
                    ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            return bounded(Duration.between(now, until));
        } catch (DateTimeParseException e) {
            return Duration.ZERO;
        }
    }

    private static Duration bounded(Duration wait) {
        if (wait.isNegative()) return Duration.ZERO;
        return wait.compareTo(MAX) > 0 ? MAX : wait;
    }
}
