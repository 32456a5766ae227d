package dev.pawl.core;

import java.time.Instant;

/**
 * A worker's right to run the jobs of one claim until a moment.
 *
 * @param id the claim's own random name; part of the {@link Token}
 * @param worker who holds it
 * @param until when it may be reclaimed unless renewed; by the store's clock
 */
public record Lease(LeaseId id, String worker, Instant until) {
    public Lease {
        if (worker.isBlank()) throw new IllegalArgumentException("worker is blank");
    }
}
