package dev.pawl.worker.executor;

import dev.pawl.core.Attempt;
import dev.pawl.core.LogLine;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A started command, up to the end of its whole process tree. For one thread. */
final class RunningCommand {
    private static final Duration FIRST_LOOK = Duration.ofMillis(50);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(4);

    private final Process process;
    private final ProcessTree tree;
    private final List<OutputReader> outputs;
    private final Attempt attempt;
    private final Duration grace;

    RunningCommand(
            Process process,
            ProcessTree tree,
            List<OutputReader> outputs,
            Attempt attempt,
            Duration grace) {
        this.process = process;
        this.tree = tree;
        this.outputs = outputs;
        this.attempt = attempt;
        this.grace = grace;
    }

    /**
     * Waits for the command's end, ends what it left running, and returns its exit code. An output
     * that can't be written ends it too.
     *
     * @throws InterruptedException when asked to stop; nothing of it runs any more then
     */
    int await() throws InterruptedException {
        boolean ended = false;
        try {
            ended = awaitRoot();
        } finally {
            int count = tree.end(grace);
            if (ended && count > 0)
                say("ended %d processes that the command left running".formatted(count));
            for (OutputReader output : outputs)
                if (!output.awaitEnd())
                    say("a process that got away holds the command's output open; not read on");
        }
        return process.waitFor();
    }

    /** Why one of its outputs could not be written. */
    Optional<IOException> outputFailure() {
        return outputs.stream().flatMap(output -> output.failure().stream()).findFirst();
    }

    /** The last thing it wrote to its standard error, or else to its log; may be empty. */
    String lastWords() {
        for (OutputReader output : outputs.reversed())
            if (output.sink() instanceof Sinks.Log log && !log.last().isEmpty()) return log.last();
        return "";
    }

    private void say(String text) {
        attempt.log(LogLine.Stream.PAWL, text);
    }

    /** Whether it ended by itself. */
    private boolean awaitRoot() throws InterruptedException {
        Duration wait = FIRST_LOOK;
        while (!process.waitFor(wait.toNanos(), TimeUnit.NANOSECONDS)) {
            if (outputFailure().isPresent()) return false;
            tree.look(ProcessTable.now());
            if (wait.compareTo(LOOK_EVERY) < 0) wait = wait.multipliedBy(2);
        }
        return true;
    }
}
