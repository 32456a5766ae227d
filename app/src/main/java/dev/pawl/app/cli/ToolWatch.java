package dev.pawl.app.cli;

import dev.pawl.core.PawlException;
import dev.pawl.core.Time;
import dev.pawl.tool.ToolProblem;
import dev.pawl.tool.Tools;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Picks up tool files that change while the program runs, on a thread of its own from {@link
 * #start} until it is closed. Looks at the files' times and sizes: what notices changes by itself
 * does not do so on every file system.
 */
final class ToolWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ToolWatch.class);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Tools tools;
    private final Time time;
    private final Runnable changed;
    private final Thread thread = Thread.ofVirtual().name("tool-watch").unstarted(this::watch);
    private Set<ToolProblem> told = Set.of();

    /**
     * @param changed called after a change, by the thread of the watch
     */
    ToolWatch(Tools tools, Time time, Runnable changed) {
        this.tools = tools;
        this.time = time;
        this.changed = changed;
    }

    void start() {
        told = new HashSet<>(tools.problems());
        thread.start();
    }

    private void watch() {
        try {
            while (!Thread.interrupted()) {
                time.sleep(LOOK);
                if (tools.reload()) tell();
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private void tell() {
        Set<ToolProblem> now = new HashSet<>(tools.problems());
        for (ToolProblem problem : tools.problems())
            if (!told.contains(problem)) log.warn("{}", problem);
        told = now;
        log.info("tool files have changed; tools: {}", tools.all().size());
        try {
            changed.run();
        } catch (PawlException e) {
            log.warn("changed tools are not announced: {}", e.getMessage());
        }
    }

    /** Returns once nothing is looked at any more. */
    @Override
    public void close() {
        thread.interrupt();
        if (thread.getState() == Thread.State.NEW) return;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
