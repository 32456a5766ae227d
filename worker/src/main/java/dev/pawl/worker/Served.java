package dev.pawl.worker;

import dev.pawl.core.Executor;
import java.time.Duration;

/**
 * How a worker runs one tool.
 *
 * @param timeout how long an attempt may take; zero for ever
 */
public record Served(Executor executor, Slot slot, Duration timeout) {
    public Served {
        if (timeout.isNegative())
            throw new IllegalArgumentException("timeout is " + timeout + ", want >= 0");
    }
}
