package dev.pawl.core;

/** A running job under a lease that is being taken back, for {@link Lifecycle} to decide on. */
public record Reclaimed(Token token, JobState.Running state, RetryPolicy policy) {}
