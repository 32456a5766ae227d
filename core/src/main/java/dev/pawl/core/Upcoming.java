package dev.pawl.core;

import java.time.Instant;

/**
 * What is to be done now, or will be, as far as one glance at a store shows.
 *
 * @param now by the store's clock
 * @param ready whether any job is in line; also one that nobody here can run
 * @param due when the first job that waits for its time is due; {@link Instant#MAX} for never
 * @param expiry when the first job's time to live ends; {@link Instant#MAX} for never
 */
public record Upcoming(Instant now, boolean ready, Instant due, Instant expiry) {
    /** Whether a job's time has come. */
    public boolean isDue() {
        return !due.isAfter(now);
    }

    /** Whether a job's time to live is over. */
    public boolean isExpired() {
        return !expiry.isAfter(now);
    }
}
