package dev.pawl.core;

import java.util.List;

/**
 * Hears in the same process, after the commit, that something happened. A hint: it may be late or
 * missing, so that polling is always enough. Methods return at once.
 */
public interface EngineListener {
    /** Jobs can be claimed. */
    default void jobsReady() {}

    /** A running job was cancelled. */
    default void stopWanted(JobId id) {}

    /** Attempts began; at least one. Only those that were claimed in this process. */
    default void claimed(List<ClaimedJob> jobs) {}

    /** An attempt's end was stored, or refused. Only where this process was to store it. */
    default void attemptEnded(End end, Written written) {}

    /** A job ended. */
    default void jobEnded(JobId id) {}
}
