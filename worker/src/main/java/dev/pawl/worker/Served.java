package dev.pawl.worker;

import dev.pawl.core.Executor;
import dev.pawl.tool.Tool;
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

    /** A tool run as its policy says. */
    public static Served of(Tool tool, Executor executor) {
        Slot slot = tool.run() instanceof dev.pawl.tool.Run.Command ? Slot.COMMAND : Slot.HANDLER;
        return new Served(executor, slot, tool.policy().timeout());
    }
}
