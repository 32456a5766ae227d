package dev.pawl.worker.executor;

import dev.pawl.core.Artifacts;
import dev.pawl.core.Attempt;
import dev.pawl.core.Executor;
import dev.pawl.core.Outcome;
import dev.pawl.core.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;

/**
 * Runs a tool that is a program: {@link CommandPreparation}, {@link CommandStart}, {@link
 * RunningCommand}, {@link CommandEnd}, in this order. Each attempt has a folder of its own, an
 * entry in the {@link CommandJournal} while it runs, and leaves no process and no folder behind.
 */
final class CommandExecutor implements Executor {
    private final CommandTool tool;
    private final Surroundings around;

    /**
     * What all commands of a worker share.
     *
     * @param grace between SIGTERM and SIGKILL
     */
    record Surroundings(
            CommandJournal journal,
            Artifacts artifacts,
            Environment environment,
            Duration grace,
            Time time) {}

    CommandExecutor(CommandTool tool, Surroundings around) {
        this.tool = tool;
        this.around = around;
    }

    @Override
    public Outcome run(Attempt attempt) throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException();
        try (var entry = around.journal().begin(attempt.job().token())) {
            try {
                return run(attempt, entry);
            } catch (IOException e) {
                throw DiskTrouble.failure(entry.attemptFolder(), e);
            } catch (UncheckedIOException e) {
                throw InputTrouble.failure(entry.attemptFolder(), e);
            }
        } catch (JobFailure e) {
            return new Outcome.Failed(e.error(), List.of());
        }
    }

    private Outcome run(Attempt attempt, CommandJournal.Entry entry)
            throws IOException, InterruptedException {
        var folder = AttemptFolder.in(entry.attemptFolder());
        var files = new AttemptFiles(folder, around.artifacts());
        CommandLine line = new CommandPreparation(tool, around, attempt, folder).prepare(files);
        var signs = new Signs(tool.run().signs());
        RunningCommand command =
                new CommandStart(tool, around, attempt, folder).start(line, signs, entry);
        int code = command.await();
        return new CommandEnd(tool, around.artifacts(), attempt, folder)
                .of(line.stdoutName(), code, command, signs);
    }
}
