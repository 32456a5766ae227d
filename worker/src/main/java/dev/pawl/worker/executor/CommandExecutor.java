package dev.pawl.worker.executor;

import dev.pawl.core.Artifact;
import dev.pawl.core.Artifacts;
import dev.pawl.core.Attempt;
import dev.pawl.core.Executor;
import dev.pawl.core.Outcome;
import dev.pawl.core.Time;
import dev.pawl.tool.FileRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Runs a tool that is a program. Each attempt has a folder of its own, an entry in the {@link
 * CommandJournal} while it runs, and leaves no process and no folder behind.
 */
final class CommandExecutor implements Executor {
    private final CommandPlan plan;
    private final Surroundings around;

    /** What all commands of a worker share. */
    record Surroundings(
            CommandJournal journal,
            Artifacts artifacts,
            Environment environment,
            Duration grace,
            Time time) {}

    CommandExecutor(CommandPlan plan, Surroundings around) {
        this.plan = plan;
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
            }
        } catch (JobFailure e) {
            return new Outcome.Failed(e.error(), List.of());
        }
    }

    private Outcome run(Attempt attempt, CommandJournal.Entry entry)
            throws IOException, InterruptedException {
        var folder = AttemptFolder.in(entry.attemptFolder());
        CommandLine line = prepare(attempt, folder);
        var environment =
                around.environment()
                        .of(
                                plan,
                                attempt.job(),
                                folder,
                                around.journal().markers(attempt.job().token()));
        RunningCommand command =
                new CommandStart(plan, around, attempt, folder).start(line, environment, entry);
        int code = command.await();
        return new CommandEnd(plan, around.artifacts(), attempt, folder).of(line, code, command);
    }

    /** Puts everything into the folder that the command reads. */
    private CommandLine prepare(Attempt attempt, AttemptFolder folder) throws IOException {
        String text = attempt.job().submission().input();
        JsonNode input = Json.read(text);
        Map<FileRef, Path> copies =
                folder.copies(FileRef.allIn(input).values(), around.artifacts());
        boolean whole = copies.isEmpty();
        Files.writeString(folder.input(), whole ? text : Json.withPaths(input, copies));
        CommandLine line = plan.line().fill(input, copies);
        if (!line.stdoutName().isEmpty() && !Artifact.validName(line.stdoutName()))
            throw JobFailure.permanent(
                    "artifact \"%s\" of the standard output: its name is not one that can be kept"
                            .formatted(line.stdoutName()));
        return line;
    }
}
