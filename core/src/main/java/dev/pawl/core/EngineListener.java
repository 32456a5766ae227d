package dev.pawl.core;

/**
 * Hears in the same process, after the commit, that something happened. A hint: it may be late or
 * missing, so that polling is always enough. Methods return at once.
 */
public interface EngineListener {
    /** Jobs can be claimed. */
    default void jobsReady() {}

    /** A running job was cancelled. */
    default void stopWanted(JobId id) {}

    /** A job ended. */
    default void jobEnded(JobId id) {}
}
