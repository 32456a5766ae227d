package dev.pawl.testkit.sim;

/** Ends a process in the middle of what it does. */
final class Crash extends Error {
    private static final long serialVersionUID = 1;

    final transient SimProcess process;

    Crash(SimProcess process) {
        super("crash", null, false, false);
        this.process = process;
    }
}
