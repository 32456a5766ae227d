package dev.pawl.worker.executor;

import java.time.Duration;

/** A Java handler's way to put its job back for later, which is no failure. */
public final class Snooze extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Duration delay;

    /**
     * @param delay at least zero
     */
    public Snooze(Duration delay, String why) {
        super(why);
        if (delay.isNegative()) throw new IllegalArgumentException("delay is " + delay);
        this.delay = delay;
    }

    public Duration delay() {
        return delay;
    }
}
