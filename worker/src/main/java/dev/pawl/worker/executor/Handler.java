package dev.pawl.worker.executor;

import dev.pawl.core.Attempt;
import org.jspecify.annotations.Nullable;

/**
 * What a tool of this program does; called by many threads at once, and possibly again after a
 * crash.
 *
 * <p>It runs on a thread of its own, whose MDC names the job, the attempt, the tool and the
 * correlation id, so that whatever it logs there does too. A thread that it starts has to be given
 * them.
 *
 * @param <I> a record that the input is read into, or {@code JsonNode}
 */
@FunctionalInterface
public interface Handler<I> {
    /**
     * Runs to its end, unless interrupted: then it stops soon and throws.
     *
     * @return the output: what Jackson writes as JSON, {@code null} for none, or an {@link
     *     dev.pawl.core.Outcome}
     * @throws JobFailure to say how it failed
     * @throws Snooze to run later
     * @throws Exception what else it throws is a transient error
     */
    @Nullable Object run(I input, Attempt attempt) throws Exception;

    /**
     * A handler whose own writes, in the database of the jobs, are stored together with the success
     * of its attempt, or not at all.
     *
     * @param <I> as for {@link Handler}
     */
    @FunctionalInterface
    interface InTransaction<I> {
        /**
         * As {@link Handler#run}. What it answered or threw decides: a success commits what it
         * wrote on {@link Transaction#connection}, all else rolls that back.
         */
        @Nullable Object run(I input, Attempt attempt, Transaction transaction) throws Exception;
    }

    /**
     * A handler without an output. A type of its own, under a method of its own: a method that
     * returns a value fits both, and must not lose it because the compiler chose.
     *
     * @param <I> as for {@link Handler}
     */
    @FunctionalInterface
    interface WithoutOutput<I> {
        /** As {@link Handler#run}. */
        void run(I input, Attempt attempt) throws Exception;
    }
}
