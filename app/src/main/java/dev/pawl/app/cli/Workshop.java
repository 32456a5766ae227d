package dev.pawl.app.cli;

import dev.pawl.worker.Worker;
import dev.pawl.worker.executor.CommandJournal;
import dev.pawl.worker.executor.ToolExecutors;
import java.time.Duration;

/** A worker with what it runs tools with. Closing drains it, then ends the rest. */
public record Workshop(
        Worker worker, ToolExecutors executors, CommandJournal journal, Duration stopGrace)
        implements AutoCloseable {
    /** Ends what killed workers of this machine left running, then begins to claim. */
    void start() {
        var _ = journal.endLeftovers(stopGrace);
        worker.start();
    }

    /** Claims nothing any more, and lets running jobs end for the grace period. */
    void drain() {
        worker.close();
    }

    @Override
    public void close() {
        try {
            drain();
        } finally {
            executors.close();
        }
    }
}
