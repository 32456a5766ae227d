package dev.pawl.worker;

import dev.pawl.core.JobId;
import dev.pawl.core.ToolId;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** How waiting for jobs ended. */
public sealed interface Waited {
    /** How the jobs stood by then. */
    Tally tally();

    /** The jobs that are over and have not succeeded, in the order they were asked for. */
    List<Failure> failures();

    /** Whether every job has succeeded. */
    default boolean succeeded() {
        return tally().succeeded();
    }

    /** Every job is over: ended, or vanished. */
    record AllOver(Tally tally, List<Failure> failures) implements Waited {}

    /** Time was up first. */
    record TimedOut(Tally tally, List<Failure> failures, Duration after) implements Waited {}

    /** What is left is due, and no live worker serves its tools. */
    record Unserved(Tally tally, List<Failure> failures, Set<ToolId> tools) implements Waited {}

    /** Nothing of what is left has moved for that long. */
    record Stalled(Tally tally, List<Failure> failures, Duration since) implements Waited {}

    /**
     * A job that is over and has not succeeded.
     *
     * @param message of a dead one's last error; for a person
     */
    record Failure(JobId job, Why why, String message) {
        /** What became of it. */
        public enum Why {
            DEAD,
            CANCELLED,
            VANISHED
        }
    }
}
