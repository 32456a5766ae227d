package dev.pawl.core;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt ended that didn't succeed: one line of a job's history.
 *
 * @param errorClass of a failed or lost attempt
 * @param message for a person; empty for a drain
 */
public record AttemptEnd(
        int attempt,
        How how,
        String worker,
        Instant startedAt,
        Instant at,
        @Nullable ErrorClass errorClass,
        String message) {
    /** Names are wire format. */
    public enum How {
        COMPLETED,
        FAILED,
        SNOOZED,
        RELEASED,
        LEASE_LOST,
        CANCELLED;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Optional<ErrorClass> kind() {
        return Optional.ofNullable(errorClass);
    }
}
