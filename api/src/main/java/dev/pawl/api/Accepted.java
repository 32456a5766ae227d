package dev.pawl.api;

import dev.pawl.core.JobId;
import dev.pawl.core.JobState;

/**
 * What a server answers to a submit that it has stored.
 *
 * @param existing whether it was submitted before, under the same idempotency key
 */
public record Accepted(JobId id, JobState.Name state, boolean existing) implements Answer {}
