package dev.pawl.core;

/** What became of one submission. Everything but a refusal is durable when it is answered. */
public sealed interface Submitted {
    /** A job of its own. */
    record Accepted(JobId id, JobState state) implements Submitted {}

    /** The same idempotency key and input were submitted before: that job. */
    record Existing(JobId id) implements Submitted {}

    /** Nothing was stored. */
    record Refused(ErrorCode code, String message) implements Submitted {}
}
