package dev.pawl.core;

import java.util.List;

/**
 * Hears, after the commit, that something happened: in the same process, or in another one where
 * the store carries hints ({@link Neighbours}). A hint: it may be late or missing, so that polling
 * is always enough. Methods return at once.
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

    /** A job ended. Only where this process ended it. */
    default void jobEnded(JobId id) {}

    /** Other processes on the same store have written events. */
    default void othersActed() {}
}
