package dev.pawl.core;

import java.time.Instant;
import java.util.Set;

/**
 * Where a job is in its life. {@code attempt} is the number of the last attempt, 0 when there was
 * none; {@code failures} counts those attempts that went wrong. Times are by the store's clock.
 */
public sealed interface JobState {
    /** The number of the last attempt; 0 before the first. It never goes back. */
    int attempt();

    /** Whether nothing moves the job any more but a redrive. */
    default boolean ended() {
        return switch (this) {
            case Waiting _, Queued _, Running _ -> false;
            case Succeeded _, Dead _, Cancelled _ -> true;
        };
    }

    /** The state's name on the wire. */
    default Name name() {
        return switch (this) {
            case Waiting _ -> Name.WAITING;
            case Queued _ -> Name.QUEUED;
            case Running _ -> Name.RUNNING;
            case Succeeded _ -> Name.SUCCEEDED;
            case Dead _ -> Name.DEAD;
            case Cancelled _ -> Name.CANCELLED;
        };
    }

    /** The states without what they carry, in life-cycle order. Names are wire format. */
    enum Name {
        WAITING,
        QUEUED,
        RUNNING,
        SUCCEEDED,
        DEAD,
        CANCELLED;

        /** Whether nothing moves a job out of it any more but a redrive. */
        public boolean ended() {
            return compareTo(RUNNING) > 0;
        }

        /** The name on the wire: lower case. */
        public String wire() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * Waits for parents, or, as a follower, for the leader that runs the same input.
     *
     * @param on those it still waits for: parents that have not ended, or the one leader
     */
    record Waiting(Set<JobId> on, boolean follower) implements JobState {
        public Waiting {
            on = Set.copyOf(on);
        }

        @Override
        public int attempt() {
            return 0;
        }
    }

    /** Runs as soon as a worker is free, but not before {@code runAt}. */
    record Queued(Instant runAt, int attempt, int failures) implements JobState {}

    /** A worker runs it. */
    record Running(Lease lease, int attempt, int failures) implements JobState {}

    /** Ended well. */
    record Succeeded(Instant at, int attempt) implements JobState {}

    /** No attempt is left, or none would help. Kept until a person redrives or discards it. */
    record Dead(Instant at, int attempt, ErrorClass kind) implements JobState {}

    /** Ended from outside, or because a parent didn't succeed. */
    record Cancelled(Instant at, int attempt) implements JobState {}
}
