package dev.pawl.core;

import java.time.Instant;

/** A job that this worker may run now, with what fences its writes. */
public record ClaimedJob(
        Token token, Submission submission, JobState.Running state, Instant startedAt) {
    public JobId id() {
        return token.job();
    }
}
