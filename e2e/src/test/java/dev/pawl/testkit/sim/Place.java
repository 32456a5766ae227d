package dev.pawl.testkit.sim;

import dev.pawl.core.JobId;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The row that says where a job is.
 *
 * @param at run_at, due, started_at or the moment of the end, in milliseconds
 * @param end 1 succeeded, 2 dead, 3 cancelled; 0 for a place that is no end
 * @param kind error class of a dead job
 * @param other a follower's leader, or whose result answered an ended job
 */
record Place(
        Kind where,
        int attempt,
        int failures,
        long at,
        int end,
        String kind,
        @Nullable UUID lease,
        @Nullable JobId other) {
    enum Kind {
        WAITING,
        READY,
        LATER,
        RUNNING,
        OUTCOME
    }

    static final int SUCCEEDED = 1;
    static final int DEAD = 2;
    static final int CANCELLED = 3;

    /** The state's code, as counters and events have it. */
    int state() {
        return switch (where) {
            case WAITING -> 0;
            case READY, LATER -> 1;
            case RUNNING -> 2;
            case OUTCOME -> 2 + end;
        };
    }

    boolean queued() {
        return where == Kind.READY || where == Kind.LATER;
    }

    boolean ended() {
        return where == Kind.OUTCOME;
    }

    boolean running() {
        return where == Kind.RUNNING;
    }

    boolean waiting() {
        return where == Kind.WAITING;
    }

    boolean follows() {
        return where == Kind.WAITING && other != null;
    }

    boolean succeeded() {
        return end == SUCCEEDED;
    }

    @Override
    public String toString() {
        String what =
                switch (where) {
                    case WAITING -> other == null ? "for its parents" : "for leader " + other;
                    case READY, LATER -> "at " + Instant.ofEpochMilli(at);
                    case RUNNING -> "under lease " + lease;
                    case OUTCOME ->
                            switch (end) {
                                case SUCCEEDED -> "succeeded";
                                case DEAD -> "dead of " + kind;
                                default -> "cancelled";
                            };
                };
        return "%s %s (attempt %d, failures %d)"
                .formatted(where.name().toLowerCase(Locale.ROOT), what, attempt, failures);
    }

    /** The same job at the same point of its life: how READY and LATER differ doesn't matter. */
    boolean sameCounts(Place that) {
        return attempt == that.attempt && failures == that.failures;
    }
}
