package dev.pawl.core;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * That a job moved from one state to another, or that its running attempt has said something: its
 * log or its progress has grown.
 *
 * @param number its place among all events of the store; the first is 1, each is one more than the
 *     one before, and none is ever used twice
 * @param at of the commit; clocks jump, only the number orders
 * @param left the state that it was in; null of a new job
 * @param entered the state that it is in; null of a job that was removed
 * @param attempt the last one's number; 0 before the first
 */
public record Event(
        long number,
        Instant at,
        JobId job,
        String queue,
        ToolId tool,
        JobState.@Nullable Name left,
        JobState.@Nullable Name entered,
        int attempt) {
    /** The state that the job was in; empty of a new one. */
    public Optional<JobState.Name> from() {
        return Optional.ofNullable(left);
    }

    /** The state that the job is in; empty of one that was removed. */
    public Optional<JobState.Name> to() {
        return Optional.ofNullable(entered);
    }

    /** Whether the job is where it was, and its running attempt has said something. */
    public boolean said() {
        return left == entered;
    }

    /** Whether it is the job's last, unless a person redrives it. */
    public boolean last() {
        return entered == null || entered.ended();
    }
}
