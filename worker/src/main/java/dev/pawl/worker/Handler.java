package dev.pawl.worker;

import dev.pawl.core.Attempt;
import org.jspecify.annotations.Nullable;

/**
 * A Java tool: called with a job's input, possibly again after a crash.
 *
 * @param <T> the input, read from JSON
 */
@FunctionalInterface
public interface Handler<T> {
    /**
     * Does the work and answers the output, to be written as JSON; null for none. What it throws
     * fails the attempt. An interrupt asks it to stop.
     */
    @Nullable Object run(T input, Attempt attempt) throws Exception;

    /** A handler without an output. */
    @FunctionalInterface
    interface Plain<T> {
        void run(T input) throws Exception;
    }
}
