package dev.pawl.core;

import java.util.List;
import java.util.Optional;

/**
 * What {@link Store#search} found.
 *
 * @param jobs newest first, without input and output
 * @param lookedAt how many jobs it looked at, these among them
 * @param lookedTo the oldest of those; empty when there was none. The next page begins after it
 * @param ended whether there are no older ones to look at
 */
public record Found(List<Job> jobs, int lookedAt, Optional<JobId> lookedTo, boolean ended) {
    public Found {
        jobs = List.copyOf(jobs);
    }
}
