package dev.pawl.core;

import java.time.Instant;
import java.util.List;

/**
 * What a claim got.
 *
 * @param jobs in claim order: priority (larger first), run_at, id
 * @param nextDue when the next job that isn't due yet will be; {@link Instant#MAX} when none is
 *     known
 */
public record Claimed(List<ClaimedJob> jobs, Instant nextDue) {
    public Claimed {
        jobs = List.copyOf(jobs);
    }
}
