package dev.pawl.api;

import dev.pawl.core.JobId;
import dev.pawl.core.JobState;

/** A job that is durably stored, as it stood when the submit was answered. */
public record Accepted(JobId id, JobState.Name state) {}
