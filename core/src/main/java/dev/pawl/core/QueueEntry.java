package dev.pawl.core;

/**
 * A queue's switches.
 *
 * @param paused whether claims pass it over
 * @param depthMax submits are refused while that many jobs are unfinished; {@link
 *     Integer#MAX_VALUE} for no cap
 */
public record QueueEntry(String name, boolean paused, int depthMax) {
    public QueueEntry {
        if (depthMax < 1)
            throw new IllegalArgumentException("depthMax is " + depthMax + ", want >= 1");
    }
}
