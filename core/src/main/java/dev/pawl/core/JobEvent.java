package dev.pawl.core;

import java.time.Instant;

/** What can happen to a job. Chance and time come in with the event, so that the table is pure. */
public sealed interface JobEvent {
    /**
     * All parents have succeeded, or have ended and the job goes on anyway.
     *
     * @param at when it may start: now, or the job's own run_at when that is later
     */
    record ParentsEnded(Instant at) implements JobEvent {}

    /** A parent has not succeeded, and the job is cancelled then. */
    record ParentFailed(Instant at) implements JobEvent {}

    /** The leader ended in a way that answers its followers too: with an output or a kept error. */
    record Answered(JobState leader) implements JobEvent {}

    /** The leader ended without an answer, and this follower runs in its place. */
    record Promoted(Instant at) implements JobEvent {}

    record Claimed(Lease lease, Instant at) implements JobEvent {}

    /**
     * The job would start for the first time, and another runs the same input: it follows that one.
     */
    record Joined(JobId leader) implements JobEvent {}

    /**
     * The job would start for the first time, and a kept result of the same input answers it.
     *
     * @param kept how the job ended whose result it is
     */
    record KeptFound(JobState kept, Instant at) implements JobEvent {}

    record Completed(Token token, Instant at) implements JobEvent {}

    /**
     * The handler failed.
     *
     * @param chance for the backoff: at least 0 and less than 1
     */
    record Failed(Token token, Instant at, JobError error, double chance) implements JobEvent {}

    /** The handler puts its job back for later; not a failure. */
    record Snoozed(Token token, Instant until) implements JobEvent {}

    /** The worker stops and gives the job back; not a failure. */
    record Released(Token token, Instant at) implements JobEvent {}

    /**
     * The lease was not renewed in time and is taken back.
     *
     * @param chance for the backoff: at least 0 and less than 1
     */
    record LeaseLost(Instant at, double chance) implements JobEvent {}

    record CancelRequested(Instant at) implements JobEvent {}

    /** The job's time to live ended. */
    record Expired(Instant at) implements JobEvent {}

    /**
     * A person sends the job back to its queue.
     *
     * @param at when it may start: now, or later where many come back at a rate
     */
    record Redriven(Instant at) implements JobEvent {}
}
