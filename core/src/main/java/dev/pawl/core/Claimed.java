package dev.pawl.core;

import java.time.Instant;
import java.util.List;

/**
 * What a claim got.
 *
 * @param jobs in claim order: priority (larger first), run_at, id
 * @param answerable due jobs that a kept result would answer: not leased, and left where they are
 *     until {@link Engine#answer} has seen to them
 * @param nextDue when the next job that isn't due yet will be; {@link Instant#MAX} when none is
 *     known
 */
public record Claimed(List<ClaimedJob> jobs, List<Answerable> answerable, Instant nextDue) {
    public Claimed {
        jobs = List.copyOf(jobs);
        answerable = List.copyOf(answerable);
    }

    /** A due job, and the key under which a result was kept. */
    public record Answerable(JobId job, String tenant, String hash) {}
}
