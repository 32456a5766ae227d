package dev.pawl.worker.executor;

import java.util.Optional;

/**
 * A process, told apart from a later one that got the same number.
 *
 * @param start when it started, in the system's own count: on Linux clock ticks since boot, which
 *     no change of the clock moves; elsewhere milliseconds since 1970
 */
record ProcessId(long pid, long start) {
    /** This process. */
    static ProcessId self() {
        return of(ProcessHandle.current().pid())
                .orElseThrow(() -> new IllegalStateException("this process is not in the table"));
    }

    /** The process that has this number now. */
    static Optional<ProcessId> of(long pid) {
        return ProcessTable.entry(pid).map(ProcessTable.Entry::id);
    }

    /** Whether it still runs; one that ended and was not waited for doesn't. */
    boolean runs() {
        return ProcessTable.entry(pid).filter(this::isRunningAs).isPresent();
    }

    /** Asks it to end, or ends it; does nothing when its number is another process's by now. */
    void signal(Signal signal) {
        Optional<ProcessHandle> handle = ProcessHandle.of(pid);
        // The handle was taken first and compares its own start time, so between the two checks
        // the number can't go to another process unnoticed.
        if (handle.isEmpty() || !runs()) return;
        switch (signal) {
            case TERM -> handle.get().destroy();
            case KILL -> handle.get().destroyForcibly();
        }
    }

    enum Signal {
        TERM,
        KILL
    }

    private boolean isRunningAs(ProcessTable.Entry entry) {
        return entry.id().equals(this) && entry.running();
    }
}
