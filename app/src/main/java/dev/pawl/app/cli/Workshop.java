package dev.pawl.app.cli;

import dev.pawl.core.Time;
import dev.pawl.core.ToolId;
import dev.pawl.tool.Tool;
import dev.pawl.tool.Tools;
import dev.pawl.worker.Served;
import dev.pawl.worker.Serving;
import dev.pawl.worker.Worker;
import dev.pawl.worker.executor.CommandJournal;
import dev.pawl.worker.executor.ToolExecutors;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A worker with what it runs tools with, and the watch over their files. Closing drains it, then
 * ends the rest.
 */
public final class Workshop implements AutoCloseable {
    private final Worker worker;
    private final ToolExecutors executors;
    private final CommandJournal journal;
    private final ToolWatch watch;

    /**
     * A workshop for these tools, but for those that require what the worker hasn't.
     *
     * @param can what it has
     * @param restriction which of all tools it serves; asked again whenever tools have changed
     * @param employed makes the worker, which is not started yet
     */
    public Workshop(
            Tools tools,
            Set<String> can,
            ToolExecutors executors,
            CommandJournal journal,
            UnaryOperator<Serving> restriction,
            Function<Serving, Worker> employed,
            Time time) {
        this.executors = executors;
        this.journal = journal;
        this.worker = employed.apply(restriction.apply(all(tools, can, executors)));
        this.watch =
                new ToolWatch(
                        tools,
                        time,
                        () -> worker.serve(restriction.apply(all(tools, can, executors)).tools()));
    }

    private static Serving all(Tools tools, Set<String> can, ToolExecutors executors) {
        var served = new HashMap<ToolId, Served>();
        for (Tool tool : tools.all())
            if (!tool.runsElsewhere() && can.containsAll(tool.policy().requires()))
                served.put(tool.id(), Served.of(tool, executors.of(tool)));
        return Serving.all(Map.copyOf(served)).withCan(can);
    }

    Worker worker() {
        return worker;
    }

    /** Ends what killed workers of this machine left running, then begins to claim. */
    void start() {
        var _ = journal.endLeftovers(ToolExecutors.GRACE);
        worker.start();
        watch.start();
    }

    /** Claims nothing any more, and lets running jobs end for the grace period; says so. */
    void drain(Screen screen) {
        screen.note("pawl: stopping; running jobs may end. A second signal stops them at once");
        drain();
    }

    private void drain() {
        watch.close();
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
