package dev.pawl.core;

/** Runs one kind of tool. Thread-safe: attempts run side by side, each on a thread of its own. */
public interface Executor {
    /**
     * Runs the attempt to its end and blocks until then. An interrupt asks it to stop: it ends
     * everything it started and throws.
     */
    Outcome run(Attempt attempt) throws InterruptedException;
}
