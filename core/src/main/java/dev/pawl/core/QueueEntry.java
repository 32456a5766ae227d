package dev.pawl.core;

/**
 * A queue's switches.
 *
 * @param paused whether claims pass it over
 * @param depthMax submits are refused while that many jobs are unfinished; {@link
 *     Integer#MAX_VALUE} for no cap
 * @param runningMax how many attempts may run at once; {@link Integer#MAX_VALUE} for no limit
 * @param rate how many attempts may start
 */
public record QueueEntry(String name, boolean paused, int depthMax, int runningMax, Rate rate) {
    public QueueEntry {
        if (depthMax < 1)
            throw new IllegalArgumentException("depthMax is " + depthMax + ", want >= 1");
        if (runningMax < 1)
            throw new IllegalArgumentException("runningMax is " + runningMax + ", want >= 1");
    }

    /** One that limits no attempts. */
    public QueueEntry(String name, boolean paused, int depthMax) {
        this(name, paused, depthMax, Integer.MAX_VALUE, Rate.NONE);
    }

    /** As a queue is that nobody has changed. */
    public static QueueEntry of(String name) {
        return new QueueEntry(name, false, Integer.MAX_VALUE);
    }

    public QueueEntry withPaused(boolean value) {
        return new QueueEntry(name, value, depthMax, runningMax, rate);
    }

    public QueueEntry withDepthMax(int value) {
        return new QueueEntry(name, paused, value, runningMax, rate);
    }

    public QueueEntry withLimits(int running, Rate starts) {
        return new QueueEntry(name, paused, depthMax, running, starts);
    }

    /** What stands for it among the names of limits. */
    public String limitName() {
        return "queue:" + name;
    }
}
