package dev.pawl.worker;

import dev.pawl.core.WorkerEntry;
import java.time.Instant;

/** The machine that a worker runs on, as far as it can tell who else is alive there. */
public interface Processes {
    /** The machine and its boot: workers with the same host see each other's processes. */
    String host();

    /** The number of this process. */
    long pid();

    /** When this process started. */
    Instant startedAt();

    /** Whether the process that started then is still there; asked for this host only. */
    boolean alive(long pid, Instant startedAt);

    /**
     * Ends what a worker of this host left running; called when its process is gone and before its
     * jobs may run again. Does nothing the second time.
     */
    void endLeftovers(WorkerEntry gone);
}
