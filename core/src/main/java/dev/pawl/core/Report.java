package dev.pawl.core;

/** What a worker reports of an attempt that it has finished with. */
public sealed interface Report {
    ClaimedJob job();

    /** The attempt ended so. */
    record Ended(ClaimedJob job, Outcome outcome) implements Report {}

    /** The job goes back without a failure, as when the worker drains. */
    record GivenBack(ClaimedJob job) implements Report {}
}
